"""Bank statements from other systems (D16)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import Permit, let_in
from kontor_service.bodies import MEBIBYTE, takes

router = APIRouter(prefix="/api/ingest/v1/bank-statements", tags=["ingest"])

Booker = Annotated[Permit, let_in("payments", "payments:book")]
# A year's statements are read and compared before payments answers.
_PATIENCE_SECONDS = 120.0
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {
                "schema": {"type": "string", "format": "binary", "description": "CAMT.053 (02 to 08), MT940, or a ZIP of them"}
            }
        },
    }
}  # fmt: skip


class Imported(BaseModel):
    """One statement of the file. `account` is its IBAN; `new_payments` were in no earlier file."""

    id: UUID
    number: str
    account: str
    payments: int
    new_payments: int


class ImportedStatements(BaseModel):
    """`is_new` is false where everything was handed in before: then nothing was changed."""

    is_new: bool
    statements: list[Imported]


@router.post("", summary="Hand in bank statements", response_model=ImportedStatements, openapi_extra=_BODY)
@takes(32 * MEBIBYTE)
async def post_statements(
    request: Request, allowed: Booker, name: Annotated[str, Field(max_length=200)] = ""
) -> dict[str, Any]:
    """The file as it is, at most 32 MiB; `name` is shown to staff, who confirm what its payments are for. The same file again, and
    files that overlap, change nothing twice."""
    file = {"file": (name or "statement", await request.body(), "application/octet-stream")}
    answer = await edge_of(request).owner("payments").request(
        "POST", "/v1/bank-statements", token=allowed.token, files=file, timeout=_PATIENCE_SECONDS
    )  # fmt: skip
    found: dict[str, Any] = answer.json()
    return found
