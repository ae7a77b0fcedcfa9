"""Releasing and sharing, recalling and cancelling documents (A19, C22, C23, C26)."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

from google.protobuf.message import Message
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import DocumentType, QuoteOutcome
from kontor.identity.v1 import identity_pb2
from kontor_bus import EventTooLarge, record
from kontor_documents import copies, history, queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import (
    AlreadyDecided,
    AlreadyShared,
    DocumentNotFound,
    NotReleasable,
    TooMuch,
    UnknownCustomer,
    WrongState,
)
from kontor_documents.events import document_state
from kontor_documents.intake.issuing import prepare_draft
from kontor_documents.models import Document, DocumentFile
from kontor_documents.production.service import Production, add_files, lacks_files, produce
from kontor_documents.quotes.confirmation import is_own_confirmation
from kontor_documents.quotes.replacing import lock_replaced, supersede
from kontor_documents.refunds.queue import is_own_credit_note
from kontor_documents.release.rules import MOVABLE, blocks, finding, is_staffs_draft, release_blockers
from kontor_documents.room import refuse_crowded
from kontor_documents.standing.on_documents import record_current
from kontor_documents.threads import join_thread, lock_to_join, tie
from kontor_documents.to_settle import note_document
from kontor_service.validation import Line, Text


class Share(BaseModel):
    """What staff chose for one share (C23); empty means the usual."""

    recipient: Line = Field(default="", max_length=254, pattern=r"^$|^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$")
    subject: Line = Field(default="", max_length=200)
    text: Text = Field(default="", max_length=10_000)


async def settle(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> None:
    """After something changed around a waiting document: make what is missing, look what blocks its release, and share
    it where the merchant releases automatically."""
    async with _complete(deps, merchant_id, document_id) as (session, document, before):
        if document.state != "waiting":
            return
        document.settled = True
        files = await _review(session, document)
        merchant = await copies.merchant(session, document.merchant_id)
        if (
            merchant is not None
            and await _goes_by_itself(session, document, merchant)
            and not any(blocks(issue) for issue in document.issues)
        ):
            await _share(deps, session, document, files, actor="Kontor", choice=Share())
        else:
            _tell_what_stands_against(session, document, files, before)


async def _goes_by_itself(session: AsyncSession, document: Document, merchant: identity_pb2.Merchant) -> bool:
    """Kontor's confirmation of an accepted quote and the credit note that goes with a refund need nobody to release them; a quote
    that staff write there is theirs to send."""
    if is_staffs_draft(document):
        return False
    if merchant.automatic_release:
        return True
    return await is_own_confirmation(session, document) or await is_own_credit_note(session, document)


async def hold(deps: Dependencies, merchant_id: UUID, document_id: UUID, error: Exception) -> None:
    """Records that the document's files could not be made: this is published at once and blocks its release until they are."""
    async with deps.db.transaction(merchant_id) as session:
        document, files = await _locked(session, document_id)
        if document.state == "waiting":
            before, document.settled = _seen(document), True
            await _review(session, document, failed=error)
            _tell_what_stands_against(session, document, files, before)


def _tell_what_stands_against(
    session: AsyncSession, document: Document, files: Sequence[DocumentFile], before: tuple[Any, ...]
) -> None:
    """Publishes a waiting document that changed since `before`: as held if it has new blockers, otherwise as changed."""
    if _seen(document) == before:
        return
    document.touch()
    held = any(blocks(issue) for issue in document.issues) and document.issues != before[1]
    fact = pb.DocumentHeld if held else pb.DocumentChanged
    record(session, fact(document=document_state(document, files)))


def _seen(document: Document) -> tuple[Any, ...]:
    """The fields of a waiting document that the job may change and other services show."""
    return document.draft, list(document.issues), document.customer_id


async def share(deps: Dependencies, merchant_id: UUID, document_id: UUID, *, actor: str, choice: Share) -> pb.Document:
    """Shares one document. Raises NotReleasable naming what blocks it, AlreadyShared, WrongState."""
    async with _complete(deps, merchant_id, document_id) as (session, document, _):
        if document.state == "shared":
            raise AlreadyShared(document_id=str(document.id))
        if document.state != "waiting":
            raise WrongState
        files = await _review(session, document, recipient=choice.recipient)
        against = [issue for issue in document.issues if blocks(issue)]
        if against:
            raise NotReleasable.of([finding(issue) for issue in against], code=against[0]["code"])
        try:
            return refuse_crowded(await _share(deps, session, document, files, actor=actor, choice=choice), shared=True)
        except EventTooLarge:
            raise TooMuch(field="text") from None


@asynccontextmanager
async def _complete(
    deps: Dependencies, merchant_id: UUID, document_id: UUID
) -> AsyncIterator[tuple[AsyncSession, Document, tuple[Any, ...]]]:
    """A transaction that holds the document, issued and with all its files where they can be made, and how it was before.

    It is prepared with nothing locked, and added if the document is still what it was made of.
    """
    issue = await prepare_draft(deps, merchant_id, document_id)
    production: Production | None = None
    while True:
        async with deps.db.transaction(merchant_id) as session:
            await copies.lock_customers(session, merchant_id, shared=True)
            await lock_replaced(session, document_id)
            document, files = await _locked(session, document_id)
            before = _seen(document)
            if issue is not None:
                await issue(session, document)
                issue = None
            lacking = document.state == "waiting" and lacks_files(document)
            made = production is not None and production.fits(document, files)
            if made or not lacking:
                if production is not None and lacking:
                    await add_files(session, document, production)
                    before = (None, *before[1:])
                yield session, document, before
                return
            merchant = await copies.merchant(session, merchant_id)
        production = await produce(deps, document, files, merchant)


async def close(
    deps: Dependencies, session: AsyncSession, document_id: UUID, *, actor: str, cancelled: bool, reason: str
) -> pb.Document:
    """Withdraws a document (it vanishes from the portal) or cancels it (it stays, marked). Doing it again changes nothing.

    Raises WrongState, and AlreadyDecided where an accepted quote is to be withdrawn: it can be cancelled.
    """
    document, files = await _locked(session, document_id)
    target = "cancelled" if cancelled else "withdrawn"
    if document.state == target:
        return document_state(document, files)
    if document.state in ("cancelled", "withdrawn"):
        raise WrongState
    if document.outcome == QuoteOutcome.ACCEPTED and not cancelled:
        raise AlreadyDecided(outcome=document.outcome)
    document.state, document.closed_at = target, deps.clock.now()
    fact = partial(pb.DocumentCancelled if cancelled else pb.DocumentWithdrawn, reason=reason)
    return await _done(session, document, files, target, fact, at=document.closed_at, actor=actor, reason=reason)


async def close_by_external_id(deps: Dependencies, session: AsyncSession, external_id: str, **how: Any) -> pb.Document:
    """As another system asks for it, which knows the document by its own id. Raises DocumentNotFound."""
    document = await queries.by_external_id(session, external_id)
    if document is None:
        raise DocumentNotFound(field="external_id")
    return await close(deps, session, document.id, **how)


async def assign(
    deps: Dependencies, session: AsyncSession, document_id: UUID, customer_id: UUID, *, actor: str
) -> pb.Document:
    """Staff say whose document this is, while it waits."""
    customer = await copies.customer(session, customer_id)
    document = await queries.found(session, document_id)
    named = [entry["number"] for entry in document.facts.get("references", ())]
    await lock_to_join(session, document_id, customer.number if customer else "", document.number, named)
    document = await queries.locked(session, document_id)
    if document.state != "waiting":
        raise WrongState
    if customer is None or customer.deleted:
        raise UnknownCustomer(field="customer_id")
    document.customer_id, document.customer_number = customer_id, customer.number
    document.suggested_customer_id = None
    if document.rendered and document.type == DocumentType.REMINDER:
        # It names the references of its customer's invoices.
        await queries.drop_pdf(session, document)
    files = await _review(session, document)
    await note_document(session, document)
    deps.wake.set()
    # What it is related to was looked for among another number's documents.
    merged = await join_thread(session, document, named)
    state = await _done(
        session, document, files, "assigned", pb.DocumentChanged, at=deps.clock.now(), actor=actor,
        customer_id=str(customer_id),
    )  # fmt: skip
    await tie(session, merged, document.thread_id)
    return state


async def accept(
    deps: Dependencies, session: AsyncSession, document_id: UUID, what: Literal["seller", "characters"], *, actor: str
) -> pb.Document:
    """Records that staff accept what was found, so that the document can be shared: a seller that is not the merchant, or
    characters that its PDF cannot show."""
    document, files = await _locked(session, document_id)
    if document.state != "waiting":
        raise WrongState
    document.facts = {**document.facts, f"{what}_accepted": True}
    await _review(session, document)
    await note_document(session, document)
    deps.wake.set()
    return await _done(
        session, document, files, f"{what}_accepted", pb.DocumentChanged, at=deps.clock.now(), actor=actor
    )


async def opened(deps: Dependencies, session: AsyncSession, document_id: UUID, *, actor: str) -> pb.Document:
    """A customer has opened a shared document; the first time counts."""
    document, files = await _locked(session, document_id)
    if document.state not in ("shared", "cancelled"):
        raise WrongState
    if document.first_opened_at is not None:
        return document_state(document, files)
    document.first_opened_at = deps.clock.now()
    fact = partial(pb.DocumentOpened, actor=actor.partition(":")[0])
    return await _done(session, document, files, "opened", fact, at=document.first_opened_at, actor=actor)


async def _locked(session: AsyncSession, document_id: UUID) -> tuple[Document, list[DocumentFile]]:
    return await queries.locked(session, document_id), await queries.files_of(session, document_id)


async def _review(
    session: AsyncSession, document: Document, *, recipient: str = "", failed: Exception | None = None
) -> list[DocumentFile]:
    """Matches again and renews the movable issues."""
    if document.customer_id is None:
        document.customer_id = await copies.customer_id_by_number(session, document.customer_number)
        if document.customer_id is not None:
            document.suggested_customer_id = None
    files = await queries.files_of(session, document.id)
    found = release_blockers(
        document,
        has_pdf=any(file.role == "pdf" for file in files),
        merchant=await copies.merchant(session, document.merchant_id),
        customer=await copies.customer(session, document.customer_id),
        recipient=recipient,
        failed=failed,
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
    choice: Share,
) -> pb.Document:
    document.state, document.shared_at = "shared", deps.clock.now()
    chosen = {f"share_{name}": value for name, value in choice if value}
    document.facts = {**document.facts, **chosen}
    standing_documents = await record_current(session, document)
    await supersede(session, document, at=document.shared_at)
    hashes = {file.role: file.sha256 for file in files if file.role != "attachment"}
    return await _done(
        session, document, files, "shared", pb.DocumentShared, at=document.shared_at, actor=actor, files=hashes,
        standing_documents=standing_documents,
    )  # fmt: skip


async def _done(
    session: AsyncSession, document: Document, files: list[DocumentFile], entry: str, fact: Callable[..., Message], /, *,
    at: datetime, actor: str, **detail: Any,
) -> pb.Document:  # fmt: skip
    """Increases the document's version, appends `entry` to its history and records the event."""
    document.touch()
    await history.append(session, document, entry, at=at, actor=actor, **detail)
    state = document_state(document, files)
    record(session, fact(document=state))
    return state
