"""What bank statements do by themselves: proposals, booking what staff have confirmed, files in a folder."""

import asyncio
import time
from uuid import UUID

import structlog
from fastapi import FastAPI
from prometheus_client import Gauge
from sqlmodel import col, select

from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import (
    CurrencyMismatch,
    DocumentNotFound,
    SharesInvalid,
    StatementEntryDecided,
    StatementShareUnusual,
)
from kontor_payments.settings import Settings
from kontor_payments.statements.booking import book_entry
from kontor_payments.statements.entries import locked_entry, tell
from kontor_payments.statements.folder import import_folder
from kontor_payments.statements.models import StatementEntry
from kontor_payments.statements.proposing import propose_again, propose_waiting
from kontor_service.database import is_temporary

log = structlog.get_logger()

# Entries without a certain answer are looked at again: their invoice may have come since.
_AGAIN_SECONDS = 1800.0


async def run_statements(app: FastAPI, stuck_files: Gauge) -> None:
    """For ever: woken by commands, and every few seconds."""
    deps: Dependencies = app.state.dependencies
    settings: Settings = app.state.settings
    again = folder = time.monotonic()
    while True:
        deps.statements.clear()
        now = time.monotonic()
        if settings.statement_folder and now >= folder:
            stuck_files.set(await import_folder(deps, settings.statement_folder))
            folder = now + settings.statement_folder_every
        if now - again > _AGAIN_SECONDS:
            again = now
            await look_again(deps)
        await book_confirmed(deps)
        await propose_waiting(deps.db, deps.clock)
        try:
            await asyncio.wait_for(deps.statements.wait(), settings.ask_every)
        except TimeoutError:
            continue


async def look_again(deps: Dependencies) -> None:
    for merchant_id in await deps.db.merchants("merchants_with_statements"):
        async with deps.db.transaction(merchant_id) as session:
            await propose_again(session)


async def book_confirmed(deps: Dependencies) -> None:
    """One by one, so that one that no longer fits holds up no other: it waits again, with a new proposal."""
    for merchant_id in await deps.db.merchants("merchants_with_confirmed_entries"):
        async with deps.db.transaction(merchant_id) as session:
            query = select(StatementEntry.id, StatementEntry.decided_by).where(StatementEntry.state == "confirmed")
            found = list(await session.exec(query.order_by(col(StatementEntry.id))))
        for entry_id, by in found:
            try:
                await book_entry(deps, merchant_id, entry_id, shares=None, by=by)
            except (CurrencyMismatch, DocumentNotFound, SharesInvalid, StatementShareUnusual) as problem:
                log.info("statement_proposal_outdated", entry_id=str(entry_id), code=problem.code)
                await _wait_again(deps, merchant_id, entry_id)
            except StatementEntryDecided:
                continue
            except Exception as error:
                if is_temporary(error):
                    raise
                # It is counted as stuck, and holds up no other.
                log.exception("statement_entry_failed", entry_id=str(entry_id))


async def _wait_again(deps: Dependencies, merchant_id: UUID, entry_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        entry = await locked_entry(session, entry_id, "confirmed")
        entry.state, entry.proposed_at, entry.decided_by, entry.decided_at = "waiting", None, "", None
        tell(session, entry)
