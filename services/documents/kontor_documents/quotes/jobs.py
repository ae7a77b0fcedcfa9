"""What follows from a quote's days and decisions by itself: it expires, its order confirmation is made."""

import asyncio
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, or_, select, update
from sqlmodel import col

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import DocumentType, QuoteOutcome
from kontor_documents import queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import Document
from kontor_documents.quotes.access import zone
from kontor_documents.quotes.confirmation import confirm
from kontor_documents.quotes.decisions import expire
from kontor_documents.quotes.evidence_page import attach_evidence
from kontor_service.errors import Problem

log = structlog.get_logger()

# The day begins at UTC+14 first.
_EARLIEST_ZONE = timedelta(hours=14)
_AT_ONCE = 100
_CONFIRMATION_SECONDS = 2.0
_UNFINISHED = or_(col(Document.order_confirmation_id).is_(None), ~col(Document.evidence_attached))
_DUE = or_(col(Document.finish_after).is_(None), col(Document.finish_after) <= func.now())
# What could not be finished waits so long, behind all that has not been tried yet.
_PAUSE = timedelta(minutes=1)


async def follow(deps: Dependencies) -> None:
    """Both, for all merchants; can be repeated at any time."""
    await expire_quotes(deps)
    for merchant_id in await deps.db.merchants("merchants_with_unfinished_quotes"):
        async with deps.db.transaction(merchant_id) as session:
            query = select(Document.id).where(  # type: ignore[call-overload]
                col(Document.outcome) == QuoteOutcome.ACCEPTED,
                col(Document.state) == "shared",
                _UNFINISHED,
                _DUE,
            )
            order = (col(Document.finish_after).asc().nulls_first(), col(Document.id))
            waiting = list(await session.scalars(query.order_by(*order).limit(_AT_ONCE)))
        for document_id in waiting:
            await finish(deps, merchant_id, document_id)


async def finish(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> None:
    """Makes the order confirmation and attaches the evidence. What fails is logged, and comes again after a
    pause: it holds up no other."""
    try:
        await confirm(deps, merchant_id, document_id)
        await attach_evidence(deps, merchant_id, document_id)
    except Exception:
        log.exception("quote_not_finished", document_id=str(document_id))
        async with deps.db.transaction(merchant_id) as session:
            later = update(Document).where(col(Document.id) == document_id).values(finish_after=func.now() + _PAUSE)
            await session.execute(later)


async def confirmed(deps: Dependencies, merchant_id: UUID, state: pb.Document) -> pb.Document:
    """The accepted quote with its order confirmation; as it was where that has to wait for the job.

    The acceptance stands already, so its answer does not wait long: an edge that gave up would say that nothing changed.
    """
    if state.outcome != QuoteOutcome.ACCEPTED or state.decision.order_confirmation_id:
        return state
    try:
        async with asyncio.timeout(_CONFIRMATION_SECONDS):
            return await confirm(deps, merchant_id, UUID(state.id))
    except TimeoutError:
        return state
    except Problem as problem:
        log.warning("quote_not_confirmed", document_id=state.id, code=problem.code, detail=problem.detail)
        return state


async def expire_quotes(deps: Dependencies) -> None:
    """By the business clock: `valid_until` is the last day in the merchant's zone."""
    for merchant_id in await deps.db.merchants(
        "merchants_with_past_quotes", (deps.clock.now() + _EARLIEST_ZONE).date()
    ):
        async with deps.db.transaction(merchant_id) as session:
            today = deps.clock.today(await zone(session, merchant_id))
            query = select(Document.id).where(  # type: ignore[call-overload]
                col(Document.type) == DocumentType.QUOTE, col(Document.state) == "shared",
                col(Document.outcome).in_(("", QuoteOutcome.PROMISED)), col(Document.valid_until) < today,
            )  # fmt: skip
            past = list(await session.scalars(query.order_by(col(Document.id)).limit(_AT_ONCE)))
        for document_id in past:
            async with deps.db.transaction(merchant_id) as session:
                document = await queries.locked(session, document_id)
                await expire(deps, session, document, at=deps.clock.now(), today=today)
