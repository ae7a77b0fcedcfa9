"""Accepting a quote, binding once: everything is decided under the document's row lock."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, QuoteOutcome
from kontor_documents import queries
from kontor_documents.content.paying import asked_with_acceptance
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import InvalidSelection, QuoteAmended
from kontor_documents.events import document_state
from kontor_documents.models import AcceptanceEvidence, Document
from kontor_documents.quotes.access import actor, locked_to_decide, zone
from kontor_documents.quotes.amendment import difference_since
from kontor_documents.quotes.evidence import is_same, last_evidence, store_evidence
from kontor_documents.quotes.inputs import AcceptanceInput
from kontor_documents.quotes.record import record_fact, store_decision
from kontor_documents.quotes.rules import asks_for, refuse_undecidable
from kontor_documents.quotes.selection import choose, chosen_of, selection_state
from kontor_documents.quotes.signature import SignatureInvalid, check_signature
from kontor_service.i18n import N_
from kontor_service.money import to_minor
from kontor_service.tokens import Principal

_BOUND = (QuoteOutcome.PROMISED, QuoteOutcome.ACCEPTED)


async def accept(deps: Dependencies, document_id: UUID, asked: AcceptanceInput, principal: Principal) -> pb.Document:
    """Accepts the quote, or promises to where money is asked for. The same acceptance again answers the same.

    Raises QuoteAmended, UnknownVersion, QuoteExpired, AlreadyDecided, Withdrawn, InvalidSelection, SignatureInvalid.
    """
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_to_decide(session, document_id, principal)
        if document.outcome in _BOUND:
            last = await last_evidence(session, document)
            if last is not None and is_same(last, asked, principal):
                return document_state(document, await queries.files_of(session, document.id))
        at, time_zone = deps.clock.now(), await zone(session, document.merchant_id)
        try:
            refuse_undecidable(document, deps.clock.today(time_zone), revision=asked.version)
        except QuoteAmended as amended:
            news = await difference_since(deps, session, document, asked.version)
            raise QuoteAmended(version=document.revision, difference=news) from amended
        refuse_unsigned(document, asked)
        return await _accept(deps, session, document, asked, principal, at=at, time_zone=time_zone)


def refuse_unsigned(document: Document, asked: AcceptanceInput) -> None:
    """Raises SignatureInvalid where the quote asks for a signature and there is none, or none that anybody wrote."""
    if asked.signature is not None:
        check_signature(asked.signature, asked.name)
    elif AcceptanceMethod.SIGNATURE in asks_for(document):
        raise SignatureInvalid(field="signature")


async def _accept(
    deps: Dependencies, session: AsyncSession, document: Document, asked: AcceptanceInput, principal: Principal, *,
    at: datetime, time_zone: str,
) -> pb.Document:  # fmt: skip
    data = await queries.quote_content(deps, document)
    lines = asked.selection.lines if asked.selection is not None else chosen_of(document.selection)
    chosen = choose(data, lines, field="selection.lines")
    if data.lines and not any(line.counts for line in chosen.lines):
        raise InvalidSelection(N_("Please choose at least one line."), code="nothing_chosen", field="selection.lines")
    selection = selection_state(chosen, document.revision)
    asked_minor = to_minor(asked_with_acceptance(chosen), chosen.currency)
    evidence = await store_evidence(
        session, document, await queries.files_of(session, document.id), asked, principal, chosen, at=at,
        time_zone=time_zone, asked_minor=asked_minor,
    )  # fmt: skip
    store_decision(document, _decision(document, evidence, asked), chosen)
    document.selection = selection
    if asked_minor:
        document.outcome, document.asked_minor = QuoteOutcome.PROMISED, asked_minor
        return await record_fact(
            session,
            document,
            "promised",
            pb.DocumentChanged,
            at=at,
            actor=actor(principal),
            **_detail(document, evidence),
        )
    return await mark_accepted(session, document, evidence, at=at, by=actor(principal))


async def mark_accepted(
    session: AsyncSession, document: Document, evidence: AcceptanceEvidence, *, at: datetime, by: str
) -> pb.Document:
    """Makes the quote accepted; the order confirmation follows (confirmation.py)."""
    document.outcome = QuoteOutcome.ACCEPTED
    document.closed_at = at
    fact = partial(pb.DocumentAccepted, actor=by.partition(":")[0])
    return await record_fact(session, document, "accepted", fact, at=at, actor=by, **_detail(document, evidence))


def _decision(document: Document, evidence: AcceptanceEvidence, asked: AcceptanceInput) -> dict[str, Any]:
    return {
        "at": evidence.at.isoformat(), "name": asked.name, "function": asked.function,
        "evidence_sha256": evidence.sha256, "revision": document.revision,
        "content_sha256": document.content_sha256,
    }  # fmt: skip


def _detail(document: Document, evidence: AcceptanceEvidence) -> dict[str, Any]:
    """What the history keeps of it: never the signature."""
    return {
        "evidence_sha256": evidence.sha256, "revision": document.revision, "selection": document.selection,
        "name": (document.decision or {}).get("name", ""),
    }  # fmt: skip
