"""A customer whose methods a provider keeps, at its double."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

BACK = "http://localhost:9/zahlungsmittel/zurueck"


@dataclass
class SavingCustomer:
    world: Any
    # A StripeMerchant or PayPalMerchant.
    shop: Any

    async def call(self, method: str, path: str = "", **options: Any) -> httpx.Response:
        headers = options.pop("headers", None) or self.world.payer()
        answer: httpx.Response = await self.world.http.request(
            method, f"/v1/saved-methods{path}", headers=headers, **options
        )
        return answer

    async def begins(self, method: str = "card", **changes: Any) -> httpx.Response:
        body = {"customer_id": str(self.world.customer), "method": method, "agreed": True, "return_url": BACK}
        return await self.call("POST", json=body | changes)

    async def comes_back(self) -> list[dict[str, Any]]:
        answer = await self.call("POST", "/reconcile")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["methods"])

    async def saves(self, outcome: str = "succeeded", method: str = "card") -> str:
        """The id of a method that was saved; `outcome` is how later charges of it end."""
        begun = await self.begins(method)
        assert begun.status_code == 201, begun.text
        assert (await self.shop.pays(begun.json(), outcome, method)).status_code == 303
        assert [one["state"] for one in await self.comes_back()] == ["usable"]
        return str(begun.json()["id"])

    async def charges(self, *documents: UUID, key: str | None = None, **fields: Any) -> httpx.Response:
        """As another service does, for what is due."""
        body = {"documents": [str(one) for one in documents], "return_url": BACK} | fields
        headers = self.world.bearer("service:contracts", "service") | {"Idempotency-Key": key or str(uuid4())}
        answer: httpx.Response = await self.world.http.post("/v1/charges", json=body, headers=headers)
        return answer

    async def row(self, method_id: str) -> Any:
        [found] = await self.world.sql("SELECT * FROM saved_method WHERE id = $1", method_id)
        return found

    async def default(self) -> str | None:
        rows = await self.world.sql(
            "SELECT id FROM saved_method WHERE is_default AND customer_id = $1", self.world.customer
        )
        return str(rows[0]["id"]) if rows else None
