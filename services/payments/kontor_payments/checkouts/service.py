"""Starting a checkout: one live per receivable, the intent written before the provider is called."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel, Field, HttpUrl
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import PaymentProvider
from kontor_payments.checkouts import reconcile
from kontor_payments.checkouts.ending import live_checkout
from kontor_payments.checkouts.reports import OVER, apply_report
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import (
    BelowMinimum,
    CheckoutBusy,
    CheckoutRefused,
    MethodNotOffered,
    NotPayable,
    ProviderUnavailable,
)
from kontor_payments.models import Checkout, Connection, Customer, Merchant, Receivable
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_payments.providers.registry import KINDS
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account, lock
from kontor_service.i18n import N_, speaking
from kontor_service.ids import uuid7
from kontor_service.money import from_minor
from kontor_service.tokens import Principal
from kontor_service.validation import Line
from kontor_service.vocabulary import word

log = structlog.get_logger()

# One for the account, one for the checkout, the others for those who start another of the same receivable meanwhile.
_ROUNDS = 6
_OVER = N_("The document was cancelled.")
_OVER_QUOTE = N_(
    "The quote was changed, withdrawn or has run out meanwhile. Nothing is to be paid; please open it once more."
)


class CheckoutInput(BaseModel):
    method: Line = Field(min_length=1, max_length=40)
    return_url: HttpUrl
    # Where "cancel" leads; the return address unless given.
    cancel_url: HttpUrl | None = None
    language: str = Field(default="de", pattern="^(de|en)$")


@dataclass(frozen=True)
class Settled:
    """Nothing is to be paid any more: already_paid, or on_its_way."""

    status: str
    receivable: Receivable


@dataclass(frozen=True)
class Started:
    checkout: Checkout
    receivable: Receivable


async def start(
    deps: Dependencies, principal: Principal, document_id: UUID, wanted: CheckoutInput
) -> Started | Settled:
    """The live checkout where one asks for the same, so that clicks side by side lead to one page; else a new one.

    The receivable is locked and checked once. Only where the provider has to be asked for something first (an account,
    the end of an older checkout) that is done without the lock, and everything is checked again.
    Raises DocumentNotFound, MethodNotOffered, ProviderUnavailable, …
    """
    for _ in range(_ROUNDS):
        async with deps.db.transaction(principal.merchant) as session:
            found = await _intend(deps, session, principal, document_id, wanted)
        if callable(found):
            await found()
        elif isinstance(found, Settled) or found.checkout.state != "creating":
            return found
        else:
            made = await _create(deps, found.checkout)
            if made.checkout.state not in OVER:
                return made
    raise CheckoutBusy


async def _intend(
    deps: Dependencies, session: AsyncSession, principal: Principal, document_id: UUID, wanted: CheckoutInput
) -> Started | Settled | Callable[[], Awaitable[object]]:
    """The checkout or settled status, or a call to the provider that must be made before this is asked again."""
    receivable = await reachable(session, principal, document_id)
    account = await lock(session, receivable.id, deps.clock)
    settled = _settled(account)
    if settled:
        return settled
    provider = _provider(account, wanted.method)
    _must_be_enough(account, provider)
    request = await _for_provider(session, account.row, wanted)
    live = await live_checkout(account)
    if live is not None:
        same = (live.method, live.amount_minor, live.request) == (wanted.method, account.payable(), request)
        return Started(live, account.row) if same and _can_be_paid(live) else partial(_end, deps, live)
    connection = await deps.providers.connected(session, provider)
    if connection is None:
        return partial(deps.providers.connect, principal.merchant, provider)
    checkout = _row(account, principal, wanted.method, request, connection)
    session.add(checkout)
    account.row.checkout_open = True
    await account.close()
    return Started(checkout, account.row)


def _settled(account: Account) -> Settled | None:
    figures = account.figures()
    if figures.state == "cancelled":
        raise NotPayable(_OVER_QUOTE if account.row.document_type == DocumentType.QUOTE else _OVER)
    if figures.state == "paid":
        return Settled("already_paid", account.row)
    return Settled("on_its_way", account.row) if not figures.open_minor else None


def _provider(account: Account, method: str) -> str:
    provider = account.offer.provider_of(account.row, method)
    if provider is None or provider == "transfer":
        raise MethodNotOffered(N_("%(method)s has no payment page here."), field="method", method=method)
    return provider


def _must_be_enough(account: Account, provider: str) -> None:
    least = KINDS[provider].least(account.row.currency)
    if account.payable() < least:
        minimum = f"{from_minor(least, account.row.currency)} {account.row.currency}"
        raise BelowMinimum(provider=word(PaymentProvider, provider), minimum=minimum)


def _can_be_paid(checkout: Checkout) -> bool:
    """Whether the checkout is live and has not expired; the provider may report the expiry later."""
    in_time = checkout.expires_at is None or checkout.expires_at > datetime.now(UTC)
    return checkout.state in ("creating", "open", "requires_action") and in_time


def _row(
    account: Account, principal: Principal, method: str, request: dict[str, Any], connection: Connection
) -> Checkout:
    now = datetime.now(UTC)
    return Checkout(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        document_id=account.row.document_id,
        connection_id=connection.id,
        provider=connection.provider,
        method=method,
        amount_minor=account.payable(),
        currency=account.row.currency,
        request=request,
        created_by=principal.subject,
        offered_on=account.today,
        created_at=now,
        ask_at=now + timedelta(seconds=60),
    )


async def _for_provider(session: AsyncSession, row: Receivable, wanted: CheckoutInput) -> dict[str, Any]:
    merchant = (await session.exec(select(Merchant).where(Merchant.id == row.merchant_id))).one_or_none()
    customer = (await session.exec(select(Customer).where(Customer.id == row.customer_id))).one_or_none()
    with speaking(wanted.language):
        label = word(DocumentType, row.document_type)
    return {
        "methods": [m["code"] for m in row.methods if m["provider"] != "transfer"],
        "description": f"{label} {row.document_number} · {merchant.name}" if merchant else row.document_number,
        "customer_email": customer.email if customer else "",
        "language": wanted.language,
        "return_url": str(wanted.return_url),
        "cancel_url": str(wanted.cancel_url or wanted.return_url),
    }


async def _create(deps: Dependencies, checkout: Checkout) -> Started:
    """After silence the caller may repeat the request; the job learns the outcome otherwise."""
    connection = await deps.providers.by_id(checkout.merchant_id, checkout.connection_id)
    try:
        report = await deps.providers.at(connection).create_checkout(reconcile.request_of(checkout))
    except OutcomeUnknown as error:
        raise ProviderUnavailable(str(error)) from error
    except Refused as error:
        await _give_up(deps, checkout)
        log.warning("checkout_refused", checkout_id=str(checkout.id), provider=checkout.provider, code=str(error))
        raise CheckoutRefused(reason=str(error)) from error
    async with deps.db.transaction(checkout.merchant_id) as session:
        return Started(*await apply_report(session, checkout.id, report, deps.clock))


async def _end(deps: Dependencies, live: Checkout) -> None:
    try:
        await reconcile.end(deps, live)
    except (OutcomeUnknown, Refused) as error:
        raise ProviderUnavailable(str(error)) from error


async def _give_up(deps: Dependencies, checkout: Checkout) -> None:
    async with deps.db.transaction(checkout.merchant_id) as session:
        account = await lock(session, checkout.receivable_id, deps.clock)
        live = await live_checkout(account)
        if live is not None and live.id == checkout.id and live.state == "creating":
            live.state, live.ask_at = "failed", None
            account.row.checkout_open = False
            await account.close()
