"""What payments does by itself: refunds, silent checkouts, offers. Woken after a change, and every few seconds."""

import asyncio

from fastapi import FastAPI

from kontor_payments.checkouts.asking import ask_about_silent_checkouts
from kontor_payments.receivables.service import refresh_offers
from kontor_payments.refunds.jobs import carry_out_refunds
from kontor_service.clock import Clock
from kontor_service.database import Database


async def run_jobs(app: FastAPI) -> None:
    state = app.state
    while True:
        state.wake.clear()
        await carry_out_refunds(state.db, state.providers, state.clock)
        await ask_about_silent_checkouts(state.db, state.providers, state.clock)
        await renew_offers(state.db, state.clock)
        try:
            await asyncio.wait_for(state.wake.wait(), state.settings.ask_every)
        except TimeoutError:
            continue


async def renew_offers(db: Database, clock: Clock) -> None:
    """Merchants whose ways to pay may have changed: their open receivables follow, a few hundred per transaction."""
    async with db.connection() as connection:
        rows = await connection.fetch("SELECT merchants_with_stale_offers() AS id")
    for row in rows:
        more = True
        while more:
            async with db.transaction(row["id"]) as session:
                more = await refresh_offers(session, row["id"], clock)
