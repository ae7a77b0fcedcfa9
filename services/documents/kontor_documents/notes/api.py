"""Internal notes. The right is of staff alone: no session of the portal, no link and no API key can have it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.dependencies import Deps
from kontor_documents.notes.models import Note
from kontor_service.commands import command_result
from kontor_service.errors import NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require
from kontor_service.validation import Text

router = APIRouter(tags=["notes"])
Staff = Annotated[Principal, Depends(require("documents:note"))]
NoteNotFound = NotFound.named("note_not_found", N_("There is no such note."))
_MOST_CHARACTERS = 5_000


class NoteInput(BaseModel):
    """What staff want to remember about a document."""

    text: Text = Field(min_length=1, max_length=_MOST_CHARACTERS)


@router.post("/v1/documents/{document_id}/notes")
async def write(deps: Deps, document_id: UUID, body: NoteInput, principal: Staff) -> dict[str, Any]:
    """Adds a note, to a document in any state."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await queries.found(session, document_id)
        note = Note(
            merchant_id=document.merchant_id, document_id=document.id, author=principal.subject,
            author_name=principal.name, text=body.text.strip(), created_at=deps.clock.now(),
        )  # fmt: skip
        session.add(note)
        await session.flush()
        state = state_of(pb.Note, note)
        record(session, pb.NoteAdded(note=state))
    return command_result(state)


@router.delete("/v1/documents/{document_id}/notes/{note_id}")
async def delete(deps: Deps, document_id: UUID, note_id: UUID, principal: Staff) -> dict[str, Any]:
    """Its author deletes a note. Raises NoteNotFound, also for a colleague's."""
    async with deps.db.transaction(principal.merchant) as session:
        note = await session.get(Note, note_id, with_for_update=True)
        if note is None or note.deleted or (note.document_id, note.author) != (document_id, principal.subject):
            raise NoteNotFound
        note.text, note.deleted = "", True
        note.touch()
        state = state_of(pb.Note, note)
        record(session, pb.NoteDeleted(note=state))
    return command_result(state)
