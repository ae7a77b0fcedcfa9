"""What staff do with a mail that did not become a comment by itself: read it, assign it to a document, discard it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2 import Document
from kontor.notifications.v1.notifications_pb2 import IncomingMail as IncomingMailState
from kontor.notifications.v1.notifications_pb2 import IncomingMailDiscarded, IncomingMailReceived
from kontor_bus import record
from kontor_notifications.copies import queries as copies
from kontor_notifications.intake.receive import LONGEST_COMMENT
from kontor_notifications.models import IncomingBody, IncomingFile, IncomingMail
from kontor_notifications.templates.preview import DocumentUnknown
from kontor_service.errors import Conflict, NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_

IncomingMailUnknown = NotFound.named("incoming_mail_unknown", N_("There is no such e-mail."))
AlreadyComment = Conflict.named("already_comment", N_("This e-mail has become a comment already."))
IncomingBodyGone = Conflict.named("incoming_body_gone", N_("What this e-mail said is no longer kept."))


async def content_of(session: AsyncSession, mail_id: UUID) -> dict[str, Any]:
    """{text, whole_text, files: [{name, size}]}; text is empty where it is no longer kept. Raises IncomingMailUnknown."""
    mail = await _mail(session, mail_id)
    body = await session.get(IncomingBody, (mail.merchant_id, mail_id))
    query = select(IncomingFile).where(IncomingFile.incoming_mail_id == mail_id).order_by(col(IncomingFile.position))
    files = [{"name": file.name, "size": len(file.content)} for file in await session.exec(query)]
    return {"text": body.text if body else "", "whole_text": body.whole_text if body else "", "files": files}


async def assign(session: AsyncSession, mail_id: UUID, document_id: UUID, by: str) -> IncomingMailState:
    """It becomes a comment on this document. Raises IncomingMailUnknown, AlreadyComment, IncomingBodyGone, DocumentUnknown."""
    mail = await _undelivered(session, mail_id)
    body = await session.get(IncomingBody, (mail.merchant_id, mail_id))
    if body is None:
        raise IncomingBodyGone
    known: list[Document] = await copies.documents(session, [document_id])
    if not known or not known[0].customer_id:
        raise DocumentUnknown(field="document_id", document_id=document_id)
    # What was taken for quoted may be all there is.
    body.text = body.text or body.whole_text[:LONGEST_COMMENT]
    body.settled_at = None
    # A file is uploaded for one document and one author.
    for file in await session.exec(select(IncomingFile).where(IncomingFile.incoming_mail_id == mail_id)):
        file.uploaded_as = None
    mail.document_id, mail.document_number = document_id, known[0].number
    mail.customer_id, mail.contact_id = UUID(known[0].customer_id), None
    mail.state, mail.reason, mail.reason_params, mail.settled_by = "received", "", {}, by
    mail.attempts, mail.next_attempt_at = 0, datetime.now(UTC)
    mail.touch()
    state = state_of(IncomingMailState, mail)
    record(session, IncomingMailReceived(incoming_mail=state))
    return state


async def discard(session: AsyncSession, mail_id: UUID, by: str) -> IncomingMailState:
    """It becomes nothing; it can still be assigned while its text is kept. Raises IncomingMailUnknown, AlreadyComment."""
    mail = await _undelivered(session, mail_id)
    mail.state, mail.settled_by = "discarded", by
    body = await session.get(IncomingBody, (mail.merchant_id, mail_id))
    if body is not None:
        body.settled_at = datetime.now(UTC)
    mail.touch()
    state = state_of(IncomingMailState, mail)
    record(session, IncomingMailDiscarded(incoming_mail=state))
    return state


async def _mail(session: AsyncSession, mail_id: UUID, *, lock: bool = False) -> IncomingMail:
    mail = await session.get(IncomingMail, mail_id, with_for_update=lock)
    if mail is None:
        raise IncomingMailUnknown(mail_id=mail_id)
    return mail


async def _undelivered(session: AsyncSession, mail_id: UUID) -> IncomingMail:
    mail = await _mail(session, mail_id, lock=True)
    if mail.state not in ("open", "discarded"):
        raise AlreadyComment
    return mail
