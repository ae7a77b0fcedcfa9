"""A webhook of Stripe: from its receipt to the commit of the receivable, at a steady rate.

payments and PostgreSQL as in production, each webhook signed and posted to its address; what it tells of is fetched from Stripe's double, a
process of its own. The answer follows the commit. A webhook is sent when its time comes, whether those before it are answered or not.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from hmac import new as hmac
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import update

from kontor_payments.connections.accounts import connect_with_key
from kontor_payments.models import Connection
from kontor_testing.serving import free_port
from tests.bench.payments_world import PaymentsWorld, payments_world
from tests.bench.portal_load import process

PER_SECOND = 50
WEBHOOKS = 300
TARGET_MS = 50.0
_WARM_UP = 50
# What docs/payment-providers.md asks for.
_PERMISSIONS = (
    "accounts_kyc_basic_read", "checkout_session_write", "payment_intent_write", "charge_write", "dispute_read",
    "balance_transaction_source_read", "payout_read", "customer_write", "setup_intent_read", "payment_method_write",
    "webhook_write",
)  # fmt: skip


async def run() -> list[dict[str, Any]]:
    """p99 in milliseconds; `payments_ms` is the processor time of payments per webhook."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        settings = {"ENVIRONMENT": "development", "FOLDER": folder, "PORT": str(port), "PUBLIC_URL": url}
        environment = {f"KONTOR_DOUBLE_{name}": value for name, value in settings.items()}
        command = [sys.executable, "-m", "kontor_provider_doubles", "stripe"]
        with process(command, environment, f"{url}/health/ready"):
            async with (
                payments_world(stripe_url=url, stripe_connect_url=url) as world,
                httpx.AsyncClient(base_url=url, timeout=30) as stripe,
            ):
                return [await _row(_Shop(world, stripe))]


async def _row(shop: "_Shop") -> dict[str, Any]:
    await shop.open()
    documents = [await shop.world.invoice() for _ in range(_WARM_UP + WEBHOOKS)]
    sessions = [await shop.paid(document) for document in documents]
    await shop.world.app.state.bus.idle()
    await _at_rate(shop, sessions[:_WARM_UP])
    busy = time.process_time()
    found = await _at_rate(shop, sessions[_WARM_UP:])
    busy = time.process_time() - busy
    await shop.check(len(documents))
    p99 = statistics.quantiles(found, n=100)[98]
    return {
        "name": f"webhook received → receivable committed, p99 at {PER_SECOND}/s", "value": round(p99, 1),
        "reference": TARGET_MS, "ratio": round(p99 / TARGET_MS, 3), "target": "<= 1", "unit": "ms",
        "p50": round(statistics.median(found), 1), "payments_ms": round(busy * 1_000 / len(found), 1),
        "webhooks": len(found),
    }  # fmt: skip


async def _at_rate(shop: "_Shop", sessions: list[str]) -> list[float]:
    """Milliseconds of each, from the moment at which it was due."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def one(place: int, session: str) -> float:
        due = began + place / PER_SECOND
        await asyncio.sleep(due - loop.time())
        await shop.hear(session)
        return (loop.time() - due) * 1_000

    return await asyncio.gather(*(one(place, session) for place, session in enumerate(sessions)))


class _Shop:
    """A merchant whose account at the double is connected and switched on; the double sends no webhooks itself."""

    def __init__(self, world: PaymentsWorld, stripe: httpx.AsyncClient) -> None:
        self.world, self._stripe = world, stripe
        self._account = f"acct_{uuid4().hex[:16]}"

    async def open(self) -> None:
        key = await self._stripe.post(f"/double/stripe/{self._account}/keys", json={"permissions": _PERMISSIONS})
        deps = self.world.app.state.dependencies
        connection = await connect_with_key(deps, self.world.merchant, "stripe", {"key": key.json()["key"]})
        async with deps.db.transaction(self.world.merchant) as session:
            await session.exec(update(Connection).values(state="live"))
        self._address = f"/v1/webhooks/stripe/{connection.id}"
        self._secret = deps.providers.keys.unseal(connection.credentials)["webhook_secret"]
        behaviour = await self._stripe.put(f"/double/behaviour/{self._account}", json={"webhooks": "never"})
        switches = {"providers": [{"provider": "stripe", "enabled": True}]}
        staff = self.world.acting("staff", "payments:settings")
        chosen = await self.world.http.put("/v1/settings", json=switches, headers=staff)
        for answer in (key, behaviour, chosen):
            assert answer.is_success, answer.text

    async def paid(self, document: str) -> str:
        """The id of a session at the double that the customer has paid, and of which payments has not heard."""
        wanted = {"documents": [document], "method": "card", "return_url": "http://localhost:9/zurueck"}
        headers = self.world.acting("contact", "documents:pay")
        checkout = await self.world.http.post("/v1/checkouts", json=wanted, headers=headers)
        assert checkout.status_code == httpx.codes.CREATED, checkout.text
        page: str = checkout.json()["redirect_url"]
        answer = await self._stripe.post(page, data={"outcome": "succeeded", "method": "card"})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return page.rsplit("/", 1)[1]

    async def hear(self, session: str) -> None:
        about = {"object": {"id": session, "object": "checkout.session"}}
        event = {"id": f"evt_{uuid4().hex}", "object": "event", "type": "checkout.session.completed", "data": about}
        body, moment = json.dumps(event), int(time.time())
        signature = hmac(self._secret.encode(), f"{moment}.{body}".encode(), sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={moment},v1={signature}", "Content-Type": "application/json"}
        answer = await self.world.http.post(self._address, content=body, headers=headers)
        assert answer.status_code == httpx.codes.NO_CONTENT, answer.text

    async def check(self, paid: int) -> None:
        async with self.world.app.state.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(self.world.merchant))
            found = await connection.fetchval("SELECT count(*) FROM receivable WHERE state = 'paid'")
        assert found == paid, found
