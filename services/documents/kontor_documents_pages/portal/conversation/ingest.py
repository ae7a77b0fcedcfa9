"""Comments of other systems on a document that they know by their own id."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import Permit, let_in
from kontor_service.commands import Key
from kontor_service.validation import Line, Text

router = APIRouter(prefix="/api/ingest/v1", tags=["ingest"])
Submitter = Annotated[Permit, let_in("documents", "documents:submit")]


class IngestComment(BaseModel):
    """`author` is the name that the customer reads; empty: the API key's."""

    text: Text = Field(min_length=1, max_length=5_000, examples=["Ihre Lieferung ist unterwegs."])
    author: Line = Field(default="", max_length=120, examples=["Versand"])


class Commented(BaseModel):
    id: UUID
    external_id: str


@router.post("/documents/{external_id:path}/comments", summary="Comment on a document", response_model=Commented)
async def comment(
    request: Request, external_id: str, allowed: Submitter, body: IngestComment, key: Key = None
) -> dict[str, Any]:
    """The customer reads it beside the document, and is told by e-mail. 409 `comments_not_allowed`, `wrong_state`."""
    edge = edge_of(request)
    path = f"/v1/documents/by-external-id/{quote(external_id, safe='')}/comments"
    headers = {"Idempotency-Key": key} if key else {}
    answer = await edge.owner("documents").request(
        "POST", path, token=allowed.token, json=body.model_dump(), headers=headers
    )
    await edge.views.apply_result(answer.json())
    return {"id": answer.json()["id"], "external_id": external_id}
