"""What else happens to a quote: a selection is kept, it is declined, extended, expires, or something is asked for."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import QuoteOutcome
from kontor_bus import record
from kontor_documents import history, queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import (
    AlreadyDecided,
    AskedAlready,
    DocumentNotFound,
    StillOpen,
    ValidityPast,
    ValidityShortened,
)
from kontor_documents.events import document_state
from kontor_documents.models import Document
from kontor_documents.quotes.access import actor, locked_to_decide, zone
from kontor_documents.quotes.inputs import DeclineInput, RequestInput
from kontor_documents.quotes.record import record_fact, store_decision
from kontor_documents.quotes.rules import is_expired, refuse_closed, refuse_undecidable
from kontor_documents.quotes.selection import SelectionInput, choose, selection_state
from kontor_service.tokens import Principal

_EXTENDABLE = ("", QuoteOutcome.EXPIRED)
# Who wants another offer has none that can be accepted.
_REPLACEABLE = ("", QuoteOutcome.EXPIRED, QuoteOutcome.DECLINED)
# The same thing is not asked for again sooner.
_AGAIN_AFTER = timedelta(hours=1)


async def select(deps: Dependencies, document_id: UUID, asked: SelectionInput, principal: Principal) -> pb.Document:
    """Keeps what is chosen of an open quote. Raises InvalidSelection, and what refuse_undecidable raises."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_to_decide(session, document_id, principal)
        today = deps.clock.today(await zone(session, document.merchant_id))
        refuse_undecidable(document, today, revision=document.revision)
        chosen = choose(await queries.quote_content(deps, document), asked.lines)
        selection = selection_state(chosen, document.revision)
        files = await queries.files_of(session, document.id)
        if selection == document.selection:
            return document_state(document, files)
        document.selection = selection
        document.touch()
        state = document_state(document, files)
        record(session, pb.DocumentChanged(document=state))
        return state


async def decline(deps: Dependencies, document_id: UUID, asked: DeclineInput, principal: Principal) -> pb.Document:
    """Declining again in the same words changes nothing. Raises what refuse_undecidable raises."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_to_decide(session, document_id, principal)
        said = {name: getattr(asked, name) for name in ("reason", "text", "name")}
        if document.outcome == QuoteOutcome.DECLINED and said.items() <= (document.decision or {}).items():
            return document_state(document, await queries.files_of(session, document.id))
        at, today = deps.clock.now(), deps.clock.today(await zone(session, document.merchant_id))
        refuse_undecidable(document, today, revision=asked.version or document.revision, declines=True)
        document.outcome, document.closed_at, document.asked_minor = QuoteOutcome.DECLINED, at, 0
        decision = {
            "at": at.isoformat(), **said, "revision": document.revision, "content_sha256": document.content_sha256,
        }  # fmt: skip
        store_decision(document, decision, await queries.content_of(deps, document))
        fact = partial(pb.DocumentDeclined, actor=actor(principal).partition(":")[0])
        return await record_fact(session, document, "declined", fact, at=at, actor=actor(principal), **said)


async def extend(
    deps: Dependencies, session: AsyncSession, document_id: UUID, valid_until: date, *, by: str
) -> pb.Document:
    """A later last day; an expired quote is open again, with what its customer had chosen last.

    Raises ValidityPast, ValidityShortened, AlreadyDecided, NotShared, Withdrawn, NoQuote.
    """
    document = await queries.locked(session, document_id)
    refuse_closed(document)
    if document.outcome not in _EXTENDABLE:
        raise AlreadyDecided(outcome=document.outcome)
    if valid_until < deps.clock.today(await zone(session, document.merchant_id)):
        raise ValidityPast(field="valid_until")
    if document.valid_until is not None and valid_until < document.valid_until:
        raise ValidityShortened(field="valid_until")
    if (document.valid_until, document.outcome) == (valid_until, ""):
        return document_state(document, await queries.files_of(session, document.id))
    document.valid_until, document.outcome, document.closed_at, document.request = valid_until, "", None, None
    return await record_fact(
        session, document, "extended", pb.DocumentExtended, at=deps.clock.now(), actor=by,
        valid_until=valid_until.isoformat(),
    )  # fmt: skip


async def extend_by_external_id(
    deps: Dependencies, session: AsyncSession, external_id: str, valid_until: date, *, by: str
) -> pb.Document:
    """As another system asks for it. Raises DocumentNotFound, and what `extend` raises."""
    document = await queries.by_external_id(session, external_id)
    if document is None:
        raise DocumentNotFound(field="external_id")
    return await extend(deps, session, document.id, valid_until, by=by)


async def request_extension(
    deps: Dependencies, document_id: UUID, asked: RequestInput, principal: Principal
) -> pb.Document:
    """The customer asks for more time after the last day. Raises what `_store_request` raises."""
    return await _store_request(
        deps, document_id, asked, principal, "extension_requested", pb.DocumentExtensionRequested, _EXTENDABLE
    )


async def request_new_offer(
    deps: Dependencies, document_id: UUID, asked: RequestInput, principal: Principal
) -> pb.Document:
    """The customer asks for another offer, also after declining. Raises what `_store_request` raises."""
    return await _store_request(
        deps, document_id, asked, principal, "new_offer_requested", pb.DocumentNewOfferRequested, _REPLACEABLE
    )


async def _store_request(
    deps: Dependencies, document_id: UUID, asked: RequestInput, principal: Principal, entry: str, fact: type,
    askable: tuple[str, ...],
) -> pb.Document:  # fmt: skip
    """Raises AlreadyDecided where the outcome is none of `askable`, StillOpen, AskedAlready, Withdrawn, NoQuote."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_to_decide(session, document_id, principal)
        refuse_closed(document)
        if document.outcome not in askable:
            raise AlreadyDecided(outcome=document.outcome)
        by, at = actor(principal), deps.clock.now()
        if not document.outcome and not is_expired(
            document, deps.clock.today(await zone(session, document.merchant_id))
        ):
            raise StillOpen
        entries = await history.entries(session, document.id)
        if any(one.fact == entry and at - one.at < _AGAIN_AFTER for one in entries):
            raise AskedAlready
        document.request = {
            "kind": entry.removesuffix("_requested"), "text": asked.text, "at": at.isoformat(), "actor": principal.name,
        }  # fmt: skip
        return await record_fact(
            session, document, entry, partial(fact, text=asked.text, actor=by.partition(":")[0]),
            at=at, actor=by, text=asked.text,
        )  # fmt: skip


async def request_done(deps: Dependencies, session: AsyncSession, document_id: UUID, *, by: str) -> pb.Document:
    """Staff have answered what the customer asked for. Done again, it changes nothing."""
    document = await queries.locked(session, document_id)
    if document.request is None:
        return document_state(document, await queries.files_of(session, document.id))
    document.request = None
    return await record_fact(session, document, "request_done", pb.DocumentChanged, at=deps.clock.now(), actor=by)


async def expire(deps: Dependencies, session: AsyncSession, document: Document, *, at: datetime, today: date) -> None:
    """Marks the quote as expired if its last day has passed, and ends an unpaid promise. The caller holds the quote's lock."""
    if document.state != "shared" or document.outcome not in ("", QuoteOutcome.PROMISED):
        return
    if is_expired(document, today):
        if document.outcome == QuoteOutcome.PROMISED:
            store_decision(document, None, await queries.content_of(deps, document))
        document.outcome, document.closed_at, document.asked_minor = QuoteOutcome.EXPIRED, at, 0
        await record_fact(session, document, "expired", pb.DocumentExpired, at=at, actor="Kontor")
