"""Telling every state once more, for an edge that builds its copy anew."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import select

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.events import document_state, submission_state
from kontor_documents.models import Document, Submission
from kontor_service.tokens import ServiceCaller

router = APIRouter(tags=["snapshots"])

_BATCH = 200


class Wanted(BaseModel):
    """One aggregate, or all."""

    aggregate: Literal["document", "submission"] | None = None


_KINDS: dict[str, type[Document] | type[Submission]] = {"document": Document, "submission": Submission}


@router.post("/v1/snapshots")
async def resend(request: Request, principal: ServiceCaller, wanted: Wanted | None = None) -> dict[str, Any]:
    """Records a snapshot event of every aggregate of every merchant (or of the token's), in batches."""
    deps: Dependencies = request.app.state.dependencies
    merchants = [principal.merchant_id] if principal.merchant_id else await _merchants(deps)
    names = [wanted.aggregate] if wanted and wanted.aggregate else list(_KINDS)
    counts = {
        f"documents.{name}": sum([await _resend(deps, merchant, _KINDS[name]) for merchant in merchants])
        for name in names
    }
    return {"counts": counts}


async def _merchants(deps: Dependencies) -> list[Any]:
    async with deps.db.connection() as connection:
        return [row[0] for row in await connection.fetch("SELECT * FROM merchants_with_documents()")]


async def _resend(deps: Dependencies, merchant_id: Any, kind: Any) -> int:
    """One transaction per batch: the state that is sent is the one under its row lock."""
    last, count = None, 0
    while True:
        async with deps.db.transaction(merchant_id) as session:
            query = select(kind).order_by(kind.id).limit(_BATCH).with_for_update()
            rows = list(await session.scalars(query.where(kind.id > last) if last else query))
            for row in rows:
                record(session, await _snapshot(session, row), merchant_id=merchant_id)
        if not rows:
            return count
        last, count = rows[-1].id, count + len(rows)


async def _snapshot(session: Any, row: Document | Submission) -> Any:
    if isinstance(row, Submission):
        return pb.SubmissionSnapshot(submission=submission_state(row))
    return pb.DocumentSnapshot(document=document_state(row, await queries.files_of(session, row.id)))
