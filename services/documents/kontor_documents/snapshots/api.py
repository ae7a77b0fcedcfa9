"""Telling every state once more, for an edge that builds its copy anew."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.events import document_state, submission_state
from kontor_documents.models import Document, Submission
from kontor_documents.parts import Parts
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["snapshots"])

_BATCH = 200


class Wanted(BaseModel):
    """`aggregate` is documents.document or documents.submission; empty means both."""

    aggregate: str = ""


@router.post("/v1/snapshots", status_code=202)
async def resend(
    request: Request, body: Wanted, principal: Annotated[Principal, Depends(require("service"))]
) -> dict[str, int]:
    """Records a snapshot event of every aggregate of every merchant (or of the token's), in batches."""
    parts: Parts = request.app.state.parts
    merchants = [principal.merchant_id] if principal.merchant_id else await _merchants(parts)
    counted = {"documents": 0, "submissions": 0}
    for merchant_id in merchants:
        if body.aggregate in ("", "documents.document"):
            counted["documents"] += await _resend(parts, merchant_id, Document)
        if body.aggregate in ("", "documents.submission"):
            counted["submissions"] += await _resend(parts, merchant_id, Submission)
    return counted


async def _merchants(parts: Parts) -> list[Any]:
    async with parts.db.connection() as connection:
        return [row[0] for row in await connection.fetch("SELECT * FROM merchants_with_documents()")]


async def _resend(parts: Parts, merchant_id: Any, kind: Any) -> int:
    """One transaction per batch: the state that is sent is the one under its row lock."""
    last, count = None, 0
    while True:
        async with parts.db.transaction(merchant_id) as session:
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
