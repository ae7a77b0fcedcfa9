"""Writing what happened to a quote: version, history, event."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import history, queries
from kontor_documents.content.model import DocumentData
from kontor_documents.events import document_state
from kontor_documents.intake.projection import amounts
from kontor_documents.models import Document


async def record_fact(
    session: AsyncSession, document: Document, entry: str, fact: Callable[..., Message], /, *,
    at: datetime, actor: str, **detail: Any,
) -> pb.Document:  # fmt: skip
    """Increases the document's version, appends `entry` to its history and records the event. The caller holds its lock."""
    document.touch()
    await history.append(session, document, entry, at=at, actor=actor, **detail)
    state = document_state(document, await queries.files_of(session, document.id))
    record(session, fact(document=state))
    return state


def store_decision(document: Document, decision: dict[str, Any] | None, data: DocumentData) -> None:
    """Keeps how the quote was decided, None where it no longer is, and the amounts of `data`. What an amendment had changed
    no longer needs to be said."""
    document.decision = decision
    document.facts = {name: value for name, value in document.facts.items() if name != "changes"}
    for name, amount in amounts(data).items():
        setattr(document, name, amount)
