"""Releasing and sharing, recalling and cancelling documents (A19, C22, C23, C26)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import copies, queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import AlreadyShared, DocumentNotFound, NotReleasable, UnknownCustomer, WrongState
from kontor_documents.events import document_state
from kontor_documents.history import service as history
from kontor_documents.models import Document, DocumentFile
from kontor_documents.production.service import Production, add_files, lacks_files, produce
from kontor_documents.release.rules import MOVABLE, blocks, finding, release_blockers
from kontor_documents.threads import Joining, join_thread, lock_to_join, tie
from kontor_service.i18n import N_


@dataclass(frozen=True)
class Choice:
    """What staff chose for one share (C23); empty means the usual."""

    recipient: str = ""
    subject: str = ""
    text: str = ""


async def settle(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> None:
    """After something changed around a waiting document: make what is missing, look what blocks its release, and share
    it where the merchant releases automatically."""
    async with _with_files(deps, merchant_id, document_id) as (session, document, produced):
        if document.state != "waiting":
            return
        document.settled = True
        before = list(document.issues)
        files = await _review(session, document)
        merchant = await copies.merchant(session, document.merchant_id)
        if merchant is not None and merchant.automatic_release and not any(blocks(issue) for issue in document.issues):
            await _share(deps, session, document, files, actor="Kontor", choice=Choice())
        elif produced or document.issues != before:
            document.touch()
            _announce(session, pb.DocumentChanged, document, files)


async def share(deps: Dependencies, merchant_id: UUID, document_id: UUID, *, actor: str, choice: Choice) -> pb.Document:
    """Shares one document. Raises NotReleasable naming what blocks it, AlreadyShared, WrongState."""
    async with _with_files(deps, merchant_id, document_id) as (session, document, _):
        if document.state == "shared":
            raise AlreadyShared(document_id=str(document.id))
        if document.state != "waiting":
            raise WrongState(N_("The document is not in a state for this any more. Please look at it again."))
        files = await _review(session, document, recipient=choice.recipient)
        against = [issue for issue in document.issues if blocks(issue)]
        if against:
            raise NotReleasable.of([finding(issue) for issue in against], code=against[0]["code"])
        return await _share(deps, session, document, files, actor=actor, choice=choice)


@asynccontextmanager
async def _with_files(
    deps: Dependencies, merchant_id: UUID, document_id: UUID
) -> AsyncIterator[tuple[AsyncSession, Document, bool]]:
    """A transaction that holds the document with all its files, and whether they have just been made.

    They are made with nothing locked, and added if the document still has the content they were made of.
    """
    production: Production | None = None
    while True:
        async with deps.db.transaction(merchant_id) as session:
            document = await queries.locked(session, document_id)
            files = await queries.files_of(session, document_id)
            lacking = document.state == "waiting" and lacks_files(document, files)
            added = await add_files(session, document, production) if lacking and production else []
            if added or not lacking:
                yield session, document, bool(added)
                return
            merchant = await copies.merchant(session, merchant_id)
        production = await produce(deps, document, files, merchant)


async def close(
    deps: Dependencies, session: AsyncSession, document_id: UUID, *, actor: str, cancelled: bool, reason: str
) -> pb.Document:
    """Withdraws a document (it vanishes from the portal) or cancels it (it stays, marked). Doing it again changes nothing."""
    document = await queries.locked(session, document_id)
    files = await queries.files_of(session, document_id)
    target = "cancelled" if cancelled else "withdrawn"
    if document.state == target:
        return document_state(document, files)
    if document.state in ("cancelled", "withdrawn"):
        raise WrongState(N_("The document is not in a state for this any more. Please look at it again."))
    document.state = target
    document.closed_at = deps.clock.now()
    document.touch()
    await history.append(session, document, target, at=document.closed_at, actor=actor, reason=reason)
    fact: Any = pb.DocumentCancelled if cancelled else pb.DocumentWithdrawn
    return _announce(session, fact, document, files, reason=reason)


async def close_by_external_id(
    deps: Dependencies, session: AsyncSession, external_id: str, *, actor: str, cancelled: bool, reason: str
) -> pb.Document:
    """As another system asks for it, which knows the document by its own id. Raises DocumentNotFound."""
    document = await queries.by_external_id(session, external_id)
    if document is None:
        raise DocumentNotFound(field="external_id")
    return await close(deps, session, document.id, actor=actor, cancelled=cancelled, reason=reason)


async def assign(
    deps: Dependencies, session: AsyncSession, document_id: UUID, customer_id: UUID, *, actor: str
) -> pb.Document:
    """Staff say whose document this is, while it waits."""
    customer = await copies.customer(session, customer_id)
    document = await queries.found(session, document_id)
    named = [entry["number"] for entry in document.facts.get("references", ())]
    await lock_to_join(session, Joining(document_id, customer.number if customer else "", document.number, named))
    document = await queries.locked(session, document_id)
    if document.state != "waiting":
        raise WrongState(N_("The document is not in a state for this any more. Please look at it again."))
    if customer is None or customer.deleted:
        raise UnknownCustomer(field="customer_id")
    document.customer_id = customer_id
    document.customer_number = customer.number
    document.suggested_customer_id = None
    await history.append(session, document, "assigned", at=deps.clock.now(), actor=actor, customer_id=str(customer_id))
    files = await _review(session, document)
    # What it is related to was looked for among another number's documents.
    merged = await join_thread(session, document, named)
    document.touch()
    state = _announce(session, pb.DocumentChanged, document, files)
    await tie(session, merged, document.thread_id)
    return state


async def opened(deps: Dependencies, session: AsyncSession, document_id: UUID, *, actor: str) -> pb.Document:
    """A customer has opened a shared document; the first time counts."""
    document = await queries.locked(session, document_id)
    files = await queries.files_of(session, document_id)
    if document.state not in ("shared", "cancelled"):
        raise WrongState(N_("The document is not in a state for this any more. Please look at it again."))
    if document.first_opened_at is not None:
        return document_state(document, files)
    document.first_opened_at = deps.clock.now()
    document.touch()
    await history.append(session, document, "opened", at=document.first_opened_at, actor=actor)
    return _announce(session, pb.DocumentOpened, document, files, actor=actor.partition(":")[0])


async def hide_file(
    deps: Dependencies, session: AsyncSession, document_id: UUID, file_id: UUID, *, private: bool, actor: str
) -> pb.Document:
    """The lock on a file (C12). Raises FileNotFound."""
    document = await queries.locked(session, document_id)
    files = await queries.files_of(session, document_id)
    file = next((file for file in files if file.id == file_id), None)
    if file is None:
        raise WrongState(N_("There is no such file."), code="file_not_found", status=404)
    if file.private != private:
        file.private = private
        document.touch()
        fact = "file_hidden" if private else "file_shown"
        await history.append(session, document, fact, at=deps.clock.now(), actor=actor, file=str(file_id))
        return _announce(session, pb.DocumentChanged, document, files)
    return document_state(document, files)


async def _review(session: AsyncSession, document: Document, *, recipient: str = "") -> list[DocumentFile]:
    """Matches again and renews the movable issues."""
    if document.customer_id is None:
        document.customer_id = await copies.customer_id_by_number(session, document.customer_number)
        if document.customer_id is not None:
            document.suggested_customer_id = None
    files = await queries.files_of(session, document.id)
    found = release_blockers(
        type=document.type,
        customer_number=document.customer_number,
        has_pdf=any(file.role == "pdf" for file in files),
        merchant=await copies.merchant(session, document.merchant_id),
        customer=await copies.customer(session, document.customer_id),
        recipient=recipient,
    )
    document.issues = [issue for issue in document.issues if issue["code"] not in MOVABLE] + [dict(i) for i in found]
    return files


async def _share(
    deps: Dependencies,
    session: AsyncSession,
    document: Document,
    files: list[DocumentFile],
    *,
    actor: str,
    choice: Choice,
) -> pb.Document:
    document.state = "shared"
    document.shared_at = deps.clock.now()
    chosen = {"share_recipient": choice.recipient, "share_subject": choice.subject, "share_text": choice.text}
    document.facts = {**document.facts, **{name: value for name, value in chosen.items() if value}}
    document.touch()
    hashes = {file.role: file.sha256 for file in files if file.role != "attachment"}
    await history.append(session, document, "shared", at=document.shared_at, actor=actor, files=hashes)
    return _announce(session, pb.DocumentShared, document, files)


def _announce(
    session: AsyncSession, fact: Any, document: Document, files: list[DocumentFile], **more: Any
) -> pb.Document:
    state = document_state(document, files)
    record(session, fact(document=state, **more))
    return state
