"""Asking the provider: what became of a checkout whose outcome we do not know, or which is to end."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import select

from kontor_payments.checkouts.reports import apply_report
from kontor_payments.connections.service import Providers
from kontor_payments.models import Checkout, Receivable
from kontor_payments.providers.protocol import (
    CheckoutReport,
    CheckoutRequest,
    HostedProvider,
    OutcomeUnknown,
    Refused,
)
from kontor_service.clock import Clock
from kontor_service.database import Database

log = structlog.get_logger()

_CLAIM_SECONDS = 60


async def ask(db: Database, providers: Providers, clock: Clock, checkout: Checkout) -> Checkout:
    """Brings a checkout up to date with the provider, captures or ends it where that is due.

    Raises OutcomeUnknown, Refused.
    """
    provider = providers.at(await providers.by_id(checkout.merchant_id, checkout.connection_id))
    report = await _report(provider, checkout)
    if report.state == "approved" and checkout.state != "ending":
        wanted = await _still_wanted(db, checkout)
        report = await (provider.capture if wanted else provider.expire)(report.provider_id)
    async with db.transaction(checkout.merchant_id) as session:
        return await apply_report(session, checkout.id, report, clock)


async def end(db: Database, providers: Providers, clock: Clock, checkout: Checkout) -> Checkout:
    """Takes a live checkout back at the provider, or learns that it was paid. Raises OutcomeUnknown, Refused."""
    provider = providers.at(await providers.by_id(checkout.merchant_id, checkout.connection_id))
    report = await provider.expire(await _provider_id(provider, checkout))
    async with db.transaction(checkout.merchant_id) as session:
        return await apply_report(session, checkout.id, report, clock)


async def _report(provider: HostedProvider, checkout: Checkout) -> CheckoutReport:
    if checkout.state == "ending":
        return await provider.expire(await _provider_id(provider, checkout))
    if checkout.provider_id:
        return await provider.fetch(checkout.provider_id)
    found = await provider.find(str(checkout.id))
    if found is not None:
        return found
    # Nobody waits for it any more: the only certain way to end it is to make it and take it back.
    return await provider.expire(await _provider_id(provider, checkout))


async def _provider_id(provider: HostedProvider, checkout: Checkout) -> str:
    """What the provider calls it. A call whose outcome we do not know is looked up, then repeated under its key."""
    if checkout.provider_id:
        return checkout.provider_id
    found = await provider.find(str(checkout.id)) or await provider.create_checkout(request_of(checkout))
    return found.provider_id


def request_of(checkout: Checkout) -> CheckoutRequest:
    return CheckoutRequest(
        amount_minor=checkout.amount_minor,
        currency=checkout.currency,
        reference=str(checkout.id),
        method=checkout.method,
        **checkout.request["provider"],
    )


async def _still_wanted(db: Database, checkout: Checkout) -> bool:
    """An approval is captured only while that much is open; later the payer keeps the money."""
    async with db.transaction(checkout.merchant_id) as session:
        query = select(Receivable.open_minor).where(Receivable.id == checkout.receivable_id)
        return (await session.exec(query)).one() >= checkout.amount_minor


async def ask_about_silent_checkouts(db: Database, providers: Providers, clock: Clock) -> None:
    """The job: every checkout whose time to ask has come, merchant by merchant."""
    async with db.connection() as connection:
        rows = await connection.fetch("SELECT merchants_with_checkouts_to_ask() AS id")
    for row in rows:
        for checkout in await _claim(db, row["id"]):
            try:
                await ask(db, providers, clock, checkout)
            except (OutcomeUnknown, Refused) as error:
                log.warning("checkout_not_answered", checkout_id=str(checkout.id), error=str(error))


async def _claim(db: Database, merchant_id: UUID) -> list[Checkout]:
    now = datetime.now(UTC)
    async with db.transaction(merchant_id) as session:
        due = select(Checkout).where(Checkout.ask_at <= now).limit(50).with_for_update(skip_locked=True)  # type: ignore[operator]
        rows = list(await session.exec(due))
        for checkout in rows:
            checkout.ask_at = now + timedelta(seconds=_CLAIM_SECONDS * min(2**checkout.asked, 1440))
            checkout.asked += 1
        return rows
