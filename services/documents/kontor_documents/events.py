"""Domain → contract, and what documents publishes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.comments.events import comment_states
from kontor_documents.comments.models import Comment
from kontor_documents.models import Document, DocumentFile, StandingDocument, Submission
from kontor_documents.notes.models import Note
from kontor_documents.read_marks.models import ReadMark
from kontor_documents.read_marks.service import read_mark_states
from kontor_documents.release.rules import spoken
from kontor_documents.room import shorten
from kontor_documents.standing.states import standing_document_states
from kontor_service.aggregates import Published, each
from kontor_service.errors import Problem
from kontor_service.events import instant, state_of
from kontor_service.i18n import speaking

# What a document's `facts` may hold.
_FACTS = (
    "cash_discounts", "references", "payment_reference", "payment_means", "direct_debit_date", "carrier",
    "tracking_number", "tracking_url", "payee_name", "account_holder", "iban", "bic", "kind", "share_recipient",
    "share_subject", "share_text", "instalments", "standing_documents", "acceptance", "deposit_percent", "responsible",
    "direction", "roles", "cashier", "register", "changes",
)  # fmt: skip


def document_state(document: Document, files: Sequence[DocumentFile]) -> pb.Document:
    """The state every event of this document carries."""
    ordered = sorted(files, key=lambda file: file.position)
    facts = dict.fromkeys(_FACTS) | document.facts
    with speaking("en"):
        issues = [pb.Issue(**spoken(issue), message_id=issue["message"]) for issue in document.issues]
    state = state_of(
        pb.Document,
        document,
        files=[state_of(pb.File, file) for file in ordered],
        issues=issues,
        decision=_decision(document),
        request=_request(document),
        moments=[{**moment, "at": instant(datetime.fromisoformat(moment["at"]))} for moment in document.moments],
        **facts,
    )
    return shorten(state)


def _request(document: Document) -> dict[str, Any] | None:
    asked = document.request
    return {**asked, "at": instant(datetime.fromisoformat(asked["at"]))} if asked else None


def _decision(document: Document) -> dict[str, Any] | None:
    if document.decision is None:
        return None
    confirmation = str(document.order_confirmation_id or "")
    at = instant(datetime.fromisoformat(document.decision["at"]))
    return {**document.decision, "at": at, "order_confirmation_id": confirmation}


def submission_state(submission: Submission) -> pb.Submission:
    problem = Problem.restored(submission.error) if submission.error else None
    params = {name: str(value) for name, value in problem.params.items()} if problem else {}
    with speaking("en"):
        return state_of(
            pb.Submission, submission, error_code=problem.code if problem else "",
            error_detail=problem.detail if problem else "", error_message_id=problem.message if problem else "",
            error_params=params,
        )  # fmt: skip


async def _document_states(session: AsyncSession, documents: Sequence[Document]) -> list[pb.Document]:
    files: dict[UUID, list[DocumentFile]] = defaultdict(list)
    chosen = [document.id for document in documents]
    for file in await session.scalars(select(DocumentFile).where(DocumentFile.document_id.in_(chosen))):  # type: ignore[attr-defined]
        files[file.document_id].append(file)
    return [document_state(document, files[document.id]) for document in documents]


AGGREGATES = (
    Published(Document, pb.Document, _document_states),
    Published(Submission, pb.Submission, each(submission_state)),
    Published(Comment, pb.Comment, comment_states),
    Published(Note, pb.Note),
    Published(ReadMark, pb.ReadMark, read_mark_states),
    Published(StandingDocument, pb.StandingDocument, standing_document_states),
)
