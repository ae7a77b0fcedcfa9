"""A merchant that connects its Stripe account, at the double, through the API."""

import base64
import json as json_text
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from stripe_merchant import PERMISSIONS

BACK = "http://localhost:9/einstellungen/zahlungen/stripe"


@dataclass
class ConnectingMerchant:
    world: Any
    account: str = field(default_factory=lambda: f"acct_{uuid4().hex[:16]}")
    session_id: UUID = field(default_factory=uuid4)

    async def key(self, *, live: bool = False, account: str = "", permissions: list[str] | None = None) -> str:
        body = {"livemode": live, "permissions": PERMISSIONS if permissions is None else permissions}
        answer = await self.world.stripe.post(f"/double/stripe/{account or self.account}/keys", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])

    async def revoke(self, key: str) -> None:
        answer = await self.world.stripe.post(f"/double/stripe/{self.account}/keys/revoke", json={"key": key})
        assert answer.status_code < 300, answer.text

    def staff(self, *, minutes_ago: float = 0, session_id: UUID | None = None) -> dict[str, str]:
        """Who logged in so long ago."""
        claims = {
            "sub": f"staff:{uuid4()}", "kind": "staff", "rights": ["payments:settings"], "merchant": self.world.merchant,
            "auth_time": int(time.time() - minutes_ago * 60), "session": session_id or self.session_id,
        }  # fmt: skip
        token = base64.urlsafe_b64encode(json_text.dumps(claims, default=str).encode()).decode()
        return {"Authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str, *, json: Any = None, **who: Any) -> httpx.Response:
        answer: httpx.Response = await self.world.http.request(
            method, f"/v1/connections{path}", json=json, headers=self.staff(**who)
        )
        return answer

    async def enter(self, key: str, **who: Any) -> httpx.Response:
        return await self.call("POST", "/stripe/keys", json={"fields": {"key": key}}, **who)

    async def try_out(self, outcome: str = "succeeded", method: str = "card") -> dict[str, Any]:
        """Starts a test payment, makes the payer's choice on Stripe's page, and comes back."""
        begun = await self.call("POST", "/stripe/trial-payments", json={"method": method, "return_url": BACK})
        assert begun.status_code == 201, begun.text
        await self.world.stripe.post(begun.json()["redirect_url"], data={"outcome": outcome, "method": method})
        back = await self.call("POST", f"/trial-payments/{begun.json()['id']}/reconcile")
        assert back.status_code == 200, back.text
        return dict(back.json())

    async def go_live(self) -> str:
        """All of it: test keys, test payment, live keys, switched on. The live key."""
        assert (await self.enter(await self.key())).status_code == 200
        assert (await self.try_out())["state"] == "succeeded"
        key = await self.key(live=True)
        entered = await self.enter(key)
        assert entered.status_code == 200, entered.text
        assert (await self.call("POST", "/stripe/live")).status_code == 200
        return key

    async def shown(self) -> dict[str, Any]:
        answer = await self.call("GET", "")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def connection(self) -> dict[str, Any]:
        """The newest."""
        return dict((await self.shown())["connections"][0])
