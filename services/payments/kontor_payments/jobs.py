"""What payments does by itself: refunds, ended connections, silent checkouts, payouts, offers, refusals. Woken after a change, and every
few seconds."""

import asyncio

from fastapi import FastAPI

from kontor_payments.bookings.jobs import send_refusals
from kontor_payments.checkouts.reconcile import reconcile_silent_checkouts
from kontor_payments.connections.ending import carry_on_disconnecting
from kontor_payments.dependencies import Dependencies
from kontor_payments.methods.jobs import ask_about_methods
from kontor_payments.payouts.linking import link_due_payouts
from kontor_payments.receivables.service import refresh_offers
from kontor_payments.refunds.jobs import carry_out_refunds


async def run_jobs(app: FastAPI) -> None:
    deps: Dependencies = app.state.dependencies
    await deps.providers.reseal()
    while True:
        deps.wake.clear()
        await carry_out_refunds(deps)
        await carry_on_disconnecting(deps)
        await reconcile_silent_checkouts(deps)
        await link_due_payouts(deps)
        await renew_offers(deps)
        await ask_about_methods(deps)
        if ingest := app.state.ingest.get("payments"):
            await send_refusals(deps, ingest)
        try:
            await asyncio.wait_for(deps.wake.wait(), app.state.settings.ask_every)
        except TimeoutError:
            continue


async def renew_offers(deps: Dependencies) -> None:
    """Merchants whose ways to pay may have changed: their open receivables follow, a few hundred per transaction."""
    for merchant_id in await deps.db.merchants("merchants_with_stale_offers"):
        more = True
        while more:
            async with deps.db.transaction(merchant_id) as session:
                more = await refresh_offers(session, merchant_id, deps.clock)
