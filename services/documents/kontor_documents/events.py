"""Domain → bus contract: one function per aggregate."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from google.protobuf.json_format import ParseDict

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.models import Document, DocumentFile, Submission
from kontor_service.events import instant

_COPIED = (
    "epoch", "version", "type", "number", "external_id", "title", "state", "source", "customer_number", "buyer_name",
    "currency", "net_minor", "tax_minor", "gross_minor", "prepaid_minor", "amount_due_minor", "content_sha256",
)  # fmt: skip
_IDS = ("id", "merchant_id", "customer_id", "suggested_customer_id", "thread_id")
_DATES = ("issue_date", "due_date", "valid_until")
_INSTANTS = ("received_at", "shared_at", "first_opened_at", "closed_at")


def document_state(document: Document, files: Sequence[DocumentFile]) -> pb.Document:
    """The state every event of this document carries."""
    given: dict[str, Any] = {name: getattr(document, name) for name in _COPIED}
    state = pb.Document(**given | {name: instant(getattr(document, name)) for name in _INSTANTS})
    for name in (*_IDS, *_DATES):
        value: Any = getattr(document, name)
        setattr(state, name, value.isoformat() if isinstance(value, date) else str(value or ""))
    ParseDict(document.facts, state)
    for issue in document.issues:
        ParseDict(issue, state.issues.add())
    state.files.extend(_file(file) for file in sorted(files, key=lambda file: file.position))
    return state


def submission_state(submission: Submission) -> pb.Submission:
    error = submission.error or {}
    return pb.Submission(
        id=str(submission.id),
        merchant_id=str(submission.merchant_id),
        epoch=submission.epoch,
        version=submission.version,
        status=submission.status,
        source=submission.source,
        file_name=submission.file_name,
        document_id=str(submission.document_id or ""),
        error_code=error.get("code", ""),
        error_detail=error.get("detail", ""),
        received_at=instant(submission.received_at),
    )


def _file(file: DocumentFile) -> pb.File:
    return pb.File(
        id=str(file.id),
        name=file.name,
        media_type=file.media_type,
        sha256=file.sha256,
        size=file.size,
        role=file.role,
        private=file.private,
    )
