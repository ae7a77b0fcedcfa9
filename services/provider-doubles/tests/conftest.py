"""The double of Stripe on a loopback socket, asked by Stripe's own SDK."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
import stripe

from kontor_provider_doubles.server import create_app
from kontor_provider_doubles.settings import DoubleSettings
from kontor_testing.serving import free_port, serving


@dataclass
class Account:
    """One merchant's account, with a key that may do everything."""

    http: httpx.AsyncClient
    sdk: stripe.HTTPXClient
    client: stripe.StripeClient = field(init=False)
    id: str = field(default_factory=lambda: f"acct_{uuid4().hex[:16]}")

    def as_key(self, key: str, **options: Any) -> stripe.StripeClient:
        addresses: Any = {"api": str(self.http.base_url), "connect": str(self.http.base_url)}
        options |= {"http_client": self.sdk, "base_addresses": addresses, "max_network_retries": 0}
        return stripe.StripeClient(key, **options)

    async def key(self, **wanted: Any) -> str:
        answer = await self.http.post(f"/double/stripe/{self.id}/keys", json=wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    async def does(self, action: str, **wanted: Any) -> dict[str, Any]:
        """Something that happens at Stripe without us."""
        answer = await self.http.post(f"/double/stripe/{self.id}/{action}", json=wanted)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}

    async def objects(self, prefix: str) -> list[dict[str, Any]]:
        return list((await self.http.get(f"/double/stripe/{self.id}/objects/{prefix}")).json()["data"])

    async def behave(self, **behaviour: Any) -> None:
        assert (await self.http.put(f"/double/behaviour/{self.id}", json=behaviour)).status_code == 204

    async def session(self, **changes: Any) -> Any:
        item = {
            "quantity": 1,
            "price_data": {"currency": "eur", "unit_amount": 11900, "product_data": {"name": "RE-1"}},
        }
        wanted = {"mode": "payment", "line_items": [item], "success_url": "http://localhost:9/zurueck"} | changes
        return await self.client.v1.checkout.sessions.create_async(wanted)

    async def pays(self, session: Any, outcome: str = "succeeded", method: str = "card") -> httpx.Response:
        return await self.http.post(session.url, data={"outcome": outcome, "method": method})


@pytest_asyncio.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    port = free_port()
    app = create_app("stripe", DoubleSettings(environment="development", folder=tmp_path, port=port))
    async with serving(app, port=port) as url, httpx.AsyncClient(base_url=url, timeout=20) as http:
        made = Account(http, stripe.HTTPXClient(timeout=5))
        made.client = made.as_key(await made.key())
        yield made
        await made.sdk.close_async()


@pytest.fixture
def sessions(account: Account) -> Any:
    return account.client.v1.checkout.sessions
