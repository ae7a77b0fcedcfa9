"""Pay links made by other systems (D11): an ERP puts the address into its own mail."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kontor_edge.described import Amount
from kontor_edge.edge import edge_of
from kontor_edge.ingest import Permit, let_in, permit

router = APIRouter(prefix="/api/ingest/v1/pay-links", tags=["ingest"])

_RIGHT = "payments:edit"
Editor = Annotated[Permit, let_in(audience="payments", right=_RIGHT)]
ExternalId = Annotated[str, Field(min_length=1, max_length=100, examples=["4711"])]


class PayLinkWanted(BaseModel):
    """The `external_id`s of documents of one customer in one currency."""

    documents: Annotated[list[ExternalId], Field(min_length=1, max_length=50)]


class PayLinkMade(BaseModel):
    """`url` is a secret: whoever has it sees number and amount of these documents, and can pay them."""

    id: UUID
    url: Annotated[str, Field(examples=["https://portal.example/p/…"])]
    amount: Amount


class PayLinkRevoked(BaseModel):
    id: UUID
    revoked: bool


@router.post("", summary="Make a pay link", status_code=201, response_model=PayLinkMade)
async def make(request: Request, allowed: Editor, body: PayLinkWanted) -> dict[str, Any]:
    """The same documents again give the same link until it is revoked."""
    edge = edge_of(request)
    wanted = {"external_ids": body.documents}
    made = (await edge.owner("payments").request("POST", "/v1/pay-links", token=allowed.token, json=wanted)).json()
    known = await permit(request, audience="identity", right=_RIGHT)
    answer = await edge.owner("identity").request(
        "POST", "/v1/capability-links", token=known.token, json={"resources": [made["resource"]]}
    )
    documents = made["documents"]
    amount = {"minor_units": sum(one["payable_minor"] for one in documents), "currency": documents[0]["currency"]}
    return {"id": made["id"], "url": answer.json()["links"][0]["url"], "amount": amount}


@router.post("/{link_id}/revoke", summary="Revoke a pay link", response_model=PayLinkRevoked)
async def revoke(request: Request, link_id: UUID, allowed: Editor) -> dict[str, Any]:
    """Its address leads nowhere from now on."""
    path = f"/v1/pay-links/{link_id}/revoke"
    answer = (await edge_of(request).owner("payments").request("POST", path, token=allowed.token)).json()
    return {"id": answer["id"], "revoked": answer["revoked"]}
