"""A merchant whose Stripe account, at the double, is connected and switched on."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import update

from kontor_payments.connections.accounts import connect_with_key
from kontor_payments.models import Connection
from kontor_payments.providers.stripe.adapter import StripeProvider
from kontor_testing.waiting import eventually

# What docs/payment-providers.md asks for, in Stripe's own names.
PERMISSIONS = [
    "accounts_kyc_basic_read", "checkout_session_write", "payment_intent_write", "charge_write", "dispute_read",
    "balance_transaction_source_read", "payout_read", "customer_write", "setup_intent_read", "payment_method_write",
    "webhook_write",
]  # fmt: skip


@dataclass
class StripeMerchant:
    world: Any
    account: str = field(default_factory=lambda: f"acct_{uuid4().hex[:16]}")
    connection: Connection = field(init=False)

    @property
    def deps(self) -> Any:
        return self.world.app.state.dependencies

    async def key(self, **wanted: Any) -> str:
        body = {"permissions": PERMISSIONS} | wanted
        answer = await self.world.stripe.post(f"/double/stripe/{self.account}/keys", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    async def connect(self, *, state: str = "live") -> None:
        self.connection = await connect_with_key(self.deps, self.world.merchant, "stripe", {"key": await self.key()})
        async with self.deps.db.transaction(self.world.merchant) as session:
            await session.exec(update(Connection).where(Connection.id == self.connection.id).values(state=state))
        switches = [{"provider": "stripe", "enabled": True}, {"provider": "sandbox", "enabled": False}]
        answer = await self.world.http.put("/v1/settings", json={"providers": switches}, headers=self.world.staff())
        assert answer.status_code == 200, answer.text

    @property
    def adapter(self) -> StripeProvider:
        found = self.deps.providers.at(self.connection)
        assert isinstance(found, StripeProvider)
        return found

    async def does(self, action: str, **wanted: Any) -> dict[str, Any]:
        """Something that happens at Stripe without us."""
        answer = await self.world.stripe.post(f"/double/stripe/{self.account}/{action}", json=wanted)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}

    async def behaves(self, **behaviour: Any) -> None:
        answer = await self.world.stripe.put(f"/double/behaviour/{self.account}", json=behaviour)
        assert answer.status_code == 204, answer.text

    async def objects(self, prefix: str) -> list[dict[str, Any]]:
        """The newest first."""
        answer = await self.world.stripe.get(f"/double/stripe/{self.account}/objects/{prefix}")
        return list(answer.json()["data"])

    async def charges(self) -> list[dict[str, Any]]:
        return await self.objects("ch")

    async def pays(self, checkout: dict[str, Any], outcome: str = "succeeded", method: str = "card") -> httpx.Response:
        """The payer's choice on Stripe's page."""
        data = {"outcome": outcome, "method": method}
        return await self.world.stripe.post(checkout["redirect_url"], data=data)

    async def paid(self, document: Any, method: str = "card") -> dict[str, Any]:
        """The invoice, paid in full."""
        checkout = await self.world.checkout(document, method)
        assert (await self.pays(checkout, method=method)).status_code == 303
        await self.world.becomes(document, "paid")
        return checkout

    async def payment(self, state: str = "succeeded", **columns: Any) -> Any:
        """The payment as payments knows it, once it is so."""

        async def is_so() -> Any:
            rows = await self.world.sql("SELECT * FROM payment WHERE state = $1 AND provider = 'stripe'", state)
            return next((r for r in rows if all(r[name] == value for name, value in columns.items())), None)

        return await eventually(is_so)
