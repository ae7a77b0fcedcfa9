"""A merchant whose PayPal account, at the double, is connected and switched on."""

import json
from dataclasses import dataclass, field
from secrets import choice
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from sqlmodel import update

from kontor_payments.connections.accounts import connect_with_key, store_account
from kontor_payments.models import Connection
from kontor_payments.providers.paypal.adapter import PayPalProvider
from kontor_payments.providers.protocol import ConnectedAccount, ProviderEvent
from kontor_provider_doubles.paypal.calls import sign
from kontor_testing.waiting import eventually

BACK = "http://localhost:8001/einstellungen/zahlungen/paypal/zurueck"


def account_id() -> str:
    return "".join(choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(13))


@dataclass
class PayPalMerchant:
    world: Any
    account: str = field(default_factory=account_id)
    connection: Connection = field(init=False)

    @property
    def deps(self) -> Any:
        return self.world.app.state.dependencies

    async def app(self, **wanted: Any) -> dict[str, str]:
        """Client id and secret of a new app, as the merchant finds them on PayPal's pages."""
        answer = await self.world.paypal.post(f"/double/paypal/{self.account}/apps", json=wanted)
        assert answer.status_code == 201, answer.text
        return {name: answer.json()[name] for name in ("client_id", "client_secret")}

    async def connect(self, *, state: str = "live") -> None:
        self.connection = await connect_with_key(self.deps, self.world.merchant, "paypal", await self.app())
        await self.switch_on(state)

    @property
    def connector(self) -> Any:
        return self.deps.providers.connector("paypal")

    async def agrees(self, state: str, *, allowed: bool = True) -> dict[str, str]:
        """The merchant's answer on PayPal's page, as it comes back to us."""
        url = await self.connector.authorize_url(state, BACK)
        answer = await self.world.paypal.post(url, data={"allowed": str(allowed).lower(), "merchant": self.account})
        assert answer.headers["location"].startswith(BACK)
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    async def connect_by_referral(self) -> None:
        state = uuid4().hex
        told = await self.agrees(state)
        await self.store(await self.connector.by_code(told["merchantIdInPayPal"], state))
        await self.switch_on()

    async def store(self, account: ConnectedAccount) -> None:
        """What follows once the merchant is back from PayPal."""
        self.connection = await store_account(self.deps, self.world.merchant, "paypal", account)

    async def switch_on(self, state: str = "live") -> None:
        async with self.deps.db.transaction(self.world.merchant) as session:
            await session.exec(update(Connection).where(Connection.id == self.connection.id).values(state=state))
        switches = [{"provider": "paypal", "enabled": True}, {"provider": "sandbox", "enabled": False}]
        answer = await self.world.http.put("/v1/settings", json={"providers": switches}, headers=self.world.staff())
        assert answer.status_code == 200, answer.text

    @property
    def adapter(self) -> PayPalProvider:
        found = self.deps.providers.at(self.connection)
        assert isinstance(found, PayPalProvider)
        return found

    async def does(self, action: str, **wanted: Any) -> dict[str, Any]:
        """Something that happens at PayPal without us."""
        answer = await self.world.paypal.post(f"/double/paypal/{self.account}/{action}", json=wanted)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}

    async def behaves(self, **behaviour: Any) -> None:
        answer = await self.world.paypal.put(f"/double/behaviour/{self.account}", json=behaviour)
        assert answer.status_code == 204, answer.text

    async def objects(self, kind: str) -> list[dict[str, Any]]:
        """The newest first."""
        answer = await self.world.paypal.get(f"/double/paypal/{self.account}/objects/{kind}")
        return list(answer.json()["data"])

    async def captured(self) -> dict[str, Any]:
        """The newest capture, once there is one."""

        async def there() -> Any:
            return next(iter(await self.objects("capture")), None)

        return dict(await eventually(there))

    async def orders(self) -> list[dict[str, Any]]:
        """Those that customers were sent to: connecting makes one besides, to see whose account it is."""
        return [one for one in await self.objects("order") if one["purchase_units"][0].get("custom_id")]

    async def start(self, document: Any) -> dict[str, Any]:
        return dict(await self.world.checkout(document, "paypal"))

    async def hears(self, kind: str, resource: dict[str, Any]) -> ProviderEvent:
        """What the adapter makes of a webhook about this."""
        event = {"id": f"WH-{account_id()}", "event_type": "ANY", "resource_type": kind, "resource": resource}
        body = json.dumps(event).encode()
        base = str(self.world.paypal.base_url).rstrip("/")
        [hook] = await self.objects("webhook")
        headers = sign({"webhook_id": hook["id"], "base": base, "forged": ""}, body)
        return await self.adapter.read_webhook({name.lower(): value for name, value in headers.items()}, body)

    async def pays(self, checkout: dict[str, Any], outcome: str = "completed") -> httpx.Response:
        """The payer's choice on PayPal's page."""
        return await self.world.paypal.post(checkout["redirect_url"], data={"outcome": outcome})

    async def paid(self, document: Any) -> dict[str, Any]:
        """The invoice, paid in full."""
        checkout = await self.start(document)
        assert (await self.pays(checkout)).status_code == 303
        await self.world.becomes(document, "paid")
        return checkout

    async def payment(self, state: str = "succeeded", **columns: Any) -> Any:
        """The payment as payments knows it, once it is so."""

        async def is_so() -> Any:
            rows = await self.world.sql("SELECT * FROM payment WHERE state = $1 AND provider = 'paypal'", state)
            return next((r for r in rows if all(r[name] == value for name, value in columns.items())), None)

        return await eventually(is_so)
