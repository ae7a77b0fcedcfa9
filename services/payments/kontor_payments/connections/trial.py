"""The test payment: the merchant pays a cent, or the provider's least amount, in the provider's test mode.

It is a checkout as any other for the provider, and no receivable knows of it.
"""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, HttpUrl
from pydantic import Field as Constrained
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.connections.models import TrialPayment
from kontor_payments.connections.refusals import problem
from kontor_payments.connections.service import active_connection
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import MethodNotOffered, TrialNotPossible, TrialPaymentNotFound
from kontor_payments.models import Connection
from kontor_payments.providers.protocol import CheckoutReport, CheckoutRequest, HostedProvider, OutcomeUnknown, Refused
from kontor_payments.providers.registry import KINDS
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal
from kontor_service.validation import Line

_CURRENCY = "EUR"
OVER = frozenset({"succeeded", "failed", "ended"})


class TrialInput(BaseModel):
    method: Line = Constrained(max_length=40)
    return_url: HttpUrl
    language: str = Constrained(default="de", pattern="^(de|en)$")


async def start_trial(deps: Dependencies, principal: Principal, provider: str, wanted: TrialInput) -> TrialPayment:
    """With the address of the provider's page. Raises TrialNotPossible, MethodNotOffered, ProviderUnavailable, KeyRefused."""
    if wanted.method not in KINDS[provider].methods:
        raise MethodNotOffered(field="method")
    connection = await _test_connection(deps, principal.merchant, provider)
    trial = TrialPayment(
        id=uuid7(), merchant_id=principal.merchant, connection_id=connection.id, provider=provider,
        method=wanted.method, amount_minor=KINDS[provider].least(_CURRENCY), currency=_CURRENCY,
        created_at=datetime.now(UTC), created_by=principal.subject,
    )  # fmt: skip
    async with deps.db.transaction(principal.merchant) as session:
        session.add(trial)
    try:
        report = await deps.providers.at(connection).create_checkout(_request(trial, wanted, principal.email))
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider) from error
    return await _follow(deps, trial, report)


async def check_trial(deps: Dependencies, merchant_id: UUID, trial_id: UUID) -> TrialPayment:
    """What became of it; a payment that was approved is captured. Raises TrialPaymentNotFound, ProviderUnavailable, KeyRefused."""
    async with deps.db.transaction(merchant_id) as session:
        trial = (await session.exec(select(TrialPayment).where(TrialPayment.id == trial_id))).one_or_none()
    if trial is None:
        raise TrialPaymentNotFound
    if trial.state in OVER:
        return trial
    connection = await deps.providers.by_id(merchant_id, trial.connection_id)
    try:
        report = await _ask(deps.providers.at(connection), trial)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, trial.provider) from error
    return await _follow(deps, trial, report)


async def has_passed(session: AsyncSession, provider: str) -> bool:
    """Whether a test payment of the merchant at this provider has arrived."""
    query = select(TrialPayment.id).where(TrialPayment.provider == provider, TrialPayment.state == "succeeded")
    return (await session.exec(query.limit(1))).first() is not None


async def last_trials(session: AsyncSession) -> dict[str, TrialPayment]:
    """Of each provider the newest."""
    newest = distinct_on(col(TrialPayment.provider))
    query = select(TrialPayment).ext(newest).order_by(col(TrialPayment.provider), col(TrialPayment.created_at).desc())
    return {trial.provider: trial for trial in await session.exec(query)}


async def _test_connection(deps: Dependencies, merchant_id: UUID, provider: str) -> Connection:
    async with deps.db.transaction(merchant_id) as session:
        found = await active_connection(session, provider)
    if found is None or found.mode != "test" or not found.connected_at:
        raise TrialNotPossible
    return found


def _request(trial: TrialPayment, wanted: TrialInput, email: str) -> CheckoutRequest:
    with speaking(wanted.language):
        description = _("Test payment")
    return CheckoutRequest(
        amount_minor=trial.amount_minor, currency=trial.currency, reference=str(trial.id), method=trial.method,
        methods=[trial.method], description=description, customer_email=email, language=wanted.language,
        return_url=str(wanted.return_url), cancel_url=str(wanted.return_url),
    )  # fmt: skip


async def _ask(provider: HostedProvider, trial: TrialPayment) -> CheckoutReport | None:
    """None where the provider never made it: its answer was not heard, and it may have had no question."""
    if not trial.provider_id:
        return await provider.find(str(trial.id))
    report = await provider.fetch(trial.provider_id)
    return await provider.capture(trial.provider_id) if report.state == "approved" else report


async def _follow(deps: Dependencies, trial: TrialPayment, report: CheckoutReport | None) -> TrialPayment:
    async with deps.db.transaction(trial.merchant_id) as session:
        query = select(TrialPayment).where(TrialPayment.id == trial.id).with_for_update()
        row = (await session.exec(query)).one()
        if row.state not in OVER:
            _apply(row, report)
        return row


def _apply(row: TrialPayment, report: CheckoutReport | None) -> None:
    if report is None:
        row.state = "ended"
        return
    row.provider_id, row.redirect_url = report.provider_id, report.redirect_url
    last = report.payments[-1] if report.payments else None
    if any(payment.state == "succeeded" for payment in report.payments):
        row.state = "succeeded"
    elif last is not None and last.state == "pending":
        row.state = "pending"
    elif report.state in ("expired", "cancelled", "completed"):
        row.state = "failed" if last is not None else "ended"
    else:
        row.state = "open"
    row.failure = last.failure if last is not None and row.state != "succeeded" else ""
