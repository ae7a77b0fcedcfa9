"""Asking the provider what became of a checkout whose outcome we do not know, or which is to end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import col, select

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentState
from kontor_payments.checkouts.reports import apply_report
from kontor_payments.connections.attention import access_lost, note_refusal
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionUnknown
from kontor_payments.methods.gone import end_method_of_charge
from kontor_payments.methods.requests import charge_request
from kontor_payments.models import Checkout, CheckoutPart, Payment, Receivable
from kontor_payments.providers.protocol import (
    CheckoutReport,
    CheckoutRequest,
    HostedProvider,
    MethodGone,
    OutcomeUnknown,
    PaymentReport,
    Refused,
)
from kontor_payments.providers.registry import KINDS

log = structlog.get_logger()

_CLAIM_SECONDS = 60
# After that a provider's search finds every charge that it has made.
_FOUND_AFTER = timedelta(minutes=10)


async def reconcile(deps: Dependencies, checkout: Checkout) -> None:
    """Brings a checkout up to date with the provider, captures or ends it where that is due.

    Where the provider does not answer, the job asks again later.
    """
    try:
        report = await _due(deps, checkout)
    except ConnectionUnknown:
        report = await _unreachable(deps, checkout)
    except (OutcomeUnknown, Refused) as error:
        log.warning("checkout_not_answered", checkout_id=str(checkout.id), error=str(error))
        connection = await deps.providers.by_id(checkout.merchant_id, checkout.connection_id)
        await note_refusal(deps, connection, error)
        return
    await _apply(deps, checkout, report)


async def end(deps: Dependencies, checkout: Checkout) -> None:
    """Takes a live checkout back at the provider, or learns that it was paid. Raises OutcomeUnknown, Refused."""
    await _apply(deps, checkout, await _expire(deps, await _provider(deps, checkout), checkout))


def request_of(checkout: Checkout) -> CheckoutRequest:
    return CheckoutRequest(
        amount_minor=checkout.amount_minor,
        currency=checkout.currency,
        reference=str(checkout.id),
        method=checkout.method,
        **checkout.request,
    )


async def _apply(deps: Dependencies, checkout: Checkout, report: CheckoutReport) -> None:
    async with deps.db.transaction(checkout.merchant_id) as session:
        await apply_report(session, checkout.id, report, deps.clock)


async def _provider(deps: Dependencies, checkout: Checkout) -> HostedProvider:
    return deps.providers.at(await deps.providers.by_id(checkout.merchant_id, checkout.connection_id))


async def _due(deps: Dependencies, checkout: Checkout) -> CheckoutReport:
    provider = await _provider(deps, checkout)
    report = await _fetch_report(deps, provider, checkout)
    if report.state == "approved" and checkout.state != "ending":
        wanted = await _still_wanted(deps, checkout)
        report = await (provider.capture if wanted else provider.expire)(report.provider_id)
    return report


async def _fetch_report(deps: Dependencies, provider: HostedProvider, checkout: Checkout) -> CheckoutReport:
    if checkout.provider_id and checkout.state != "ending":
        return await provider.fetch(checkout.provider_id)
    found = None if checkout.state == "ending" else await provider.find(str(checkout.id))
    if found is None and checkout.saved_method_id and checkout.state != "ending":
        return await _charge_again(deps, checkout)
    # Nobody waits for it any more: the only certain way to end it is to make it and take it back.
    return found or await _expire(deps, provider, checkout)


async def _charge_again(deps: Dependencies, checkout: Checkout) -> CheckoutReport:
    """Under the same key, so that the provider answers what became of it, or does it now."""
    connection = await deps.providers.by_id(checkout.merchant_id, checkout.connection_id)
    try:
        return await deps.providers.keeper(connection).charge(await charge_request(deps, checkout))
    except Refused as error:
        if access_lost(error):
            raise
        if isinstance(error, MethodGone):
            await end_method_of_charge(deps, checkout)
        return _never_made(checkout)


def _never_made(checkout: Checkout) -> CheckoutReport:
    return CheckoutReport(str(checkout.id), str(checkout.id), "cancelled", "", None)


async def _unreachable(deps: Dependencies, checkout: Checkout) -> CheckoutReport:
    """The merchant has deleted its keys: nobody can be asked any more. What is on its way counts as failed, so that it can be paid
    otherwise; money that arrives all the same is for staff to book."""
    async with deps.db.transaction(checkout.merchant_id) as session:
        query = select(Payment).where(Payment.checkout_id == checkout.id, Payment.state == PaymentState.PENDING)
        pending = list(await session.exec(query))
    found: dict[str, PaymentReport] = {}
    for one in pending:
        known = found.get(one.provider_reference)
        amount = one.amount_minor + (known.amount_minor if known else 0)
        found[one.provider_reference] = PaymentReport(
            one.provider_reference, "failed", amount, one.currency, one.method, FailureCode.FAILED, one.created_at, None, None,
        )  # fmt: skip
    report = _never_made(checkout)
    return replace(report, provider_id=checkout.provider_id or str(checkout.id), payments=list(found.values()))


async def _expire(deps: Dependencies, provider: HostedProvider, checkout: Checkout) -> CheckoutReport:
    """A call whose outcome we do not know is looked up, then repeated under its key."""
    if checkout.provider_id:
        return await provider.expire(checkout.provider_id)
    if checkout.saved_method_id:
        return await _end_charge(deps, provider, checkout)
    found = await provider.find(str(checkout.id)) or await provider.create_checkout(request_of(checkout))
    return await provider.expire(found.provider_id)


async def _end_charge(deps: Dependencies, provider: HostedProvider, checkout: Checkout) -> CheckoutReport:
    """A charge is not repeated in order to end it: it would take money. Raises OutcomeUnknown while the provider may still find it.

    Only where the provider cannot find it, nothing but the same request again says whether it has taken the money.
    """
    if not KINDS[checkout.provider].finds_charges:
        return await _charge_again(deps, checkout)
    if found := await provider.find(str(checkout.id)):
        return await provider.expire(found.provider_id)
    if datetime.now(UTC) - checkout.created_at < _FOUND_AFTER:
        raise OutcomeUnknown("charge")
    return _never_made(checkout)


async def _still_wanted(deps: Dependencies, checkout: Checkout) -> bool:
    """An approval is captured only while all that it pays is open; later the payer keeps the money."""
    async with deps.db.transaction(checkout.merchant_id) as session:
        query = select(Receivable.open_minor, CheckoutPart.amount_minor).where(CheckoutPart.checkout_id == checkout.id)
        parts = await session.exec(query.join(CheckoutPart, col(CheckoutPart.receivable_id) == Receivable.id))
        return all(open_minor >= amount_minor for open_minor, amount_minor in parts)


async def reconcile_silent_checkouts(deps: Dependencies) -> None:
    """The job: every checkout whose time to ask has come, merchant by merchant."""
    for merchant_id in await deps.db.merchants("merchants_with_checkouts_to_ask"):
        await reconcile_due(deps, merchant_id, datetime.now(UTC))


async def reconcile_due(deps: Dependencies, merchant_id: UUID, now: datetime) -> None:
    for checkout in await _claim(deps, merchant_id, now):
        await reconcile(deps, checkout)


async def _claim(deps: Dependencies, merchant_id: UUID, now: datetime) -> list[Checkout]:
    async with deps.db.transaction(merchant_id) as session:
        due = select(Checkout).where(Checkout.ask_at <= now).limit(50).with_for_update(skip_locked=True)  # type: ignore[operator]
        rows = list(await session.exec(due))
        for checkout in rows:
            checkout.ask_at = now + timedelta(seconds=_CLAIM_SECONDS * min(2**checkout.asked, 1440))
            checkout.asked += 1
        return rows
