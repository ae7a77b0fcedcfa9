"""Starting a checkout: one live per receivable, the intent written before the provider is called."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts import reconcile
from kontor_payments.checkouts.amounts import amounts_of
from kontor_payments.checkouts.ending import close_page, live_checkouts
from kontor_payments.checkouts.intent import CheckoutInput, for_provider, lock_wanted, provider_for, what_is_settled
from kontor_payments.checkouts.reports import OVER, apply_report, lock_parts
from kontor_payments.connections.attention import note_refusal
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import CheckoutBusy, CheckoutRefused, ProviderUnavailable
from kontor_payments.models import Checkout, CheckoutPart, Connection, Receivable
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_payments.receivables.account import Account, close_several
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

log = structlog.get_logger()

# One for the account, one for the checkouts, the others for those who start another of the same receivables meanwhile.
_ROUNDS = 6


@dataclass(frozen=True)
class Settled:
    """Nothing is to be paid any more: already_paid, or on_its_way."""

    status: str
    receivables: Sequence[Receivable]


@dataclass(frozen=True)
class Started:
    checkout: Checkout
    receivables: Sequence[Receivable]
    # Of a checkout that has just been written.
    connection: Connection | None = None


async def start(deps: Dependencies, principal: Principal, wanted: CheckoutInput) -> Started | Settled:
    """The live checkout where one asks for the same, so that clicks side by side lead to one page; else a new one.

    The receivables are locked and checked once. Only where the provider has to be asked for something first (an account,
    the end of older checkouts) that is done without the locks, and everything is checked again.
    Raises DocumentNotFound, NotPayable, NotPayableTogether, AmountInvalid, MethodNotOffered, ProviderUnavailable, …
    """
    for _ in range(_ROUNDS):
        async with deps.db.transaction(principal.merchant) as session:
            found = await _intend(deps, session, principal, wanted)
        if callable(found):
            await found()
        elif isinstance(found, Settled) or found.checkout.state != "creating":
            return found
        else:
            made = await _create(deps, found)
            if made.checkout.state not in OVER:
                return made
    raise CheckoutBusy


async def _intend(
    deps: Dependencies, session: AsyncSession, principal: Principal, wanted: CheckoutInput
) -> Started | Settled | Callable[[], Awaitable[object]]:
    """The checkout or settled status, or a call to the provider that must be made before this is asked again."""
    accounts = await lock_wanted(session, principal, wanted.documents, deps.clock)
    rows = [account.row for account in accounts]
    if status := what_is_settled(accounts):
        return Settled(status, rows)
    provider = provider_for(accounts, wanted.method)
    amounts = amounts_of(accounts, wanted.amount_minor, provider)
    request = await for_provider(session, accounts, wanted)
    live = await all_live_checkouts(accounts)
    if live:
        asked = {row.id: amount for row, amount in zip(rows, amounts, strict=True)}
        same = len(live) == 1 and await _asks_for(session, live[0], asked, wanted.method, request)
        return Started(live[0], rows) if same else partial(end_checkouts, deps, live)
    connection = await deps.providers.connected(session, provider)
    if connection is None:
        return partial(deps.providers.connect, principal.merchant, provider)
    checkout = _row(accounts, principal, wanted.method, request, connection, amounts)
    session.add(checkout)
    await session.flush()
    for account, amount in zip(accounts, amounts, strict=True):
        session.add(new_part(checkout, account, amount))
        account.row.checkout_open = True
    return Started(checkout, await close_several(accounts), connection)


async def all_live_checkouts(accounts: Sequence[Account]) -> list[Checkout]:
    """Each once: one may pay several of these receivables, and others besides."""
    found = (checkout for checkout, _ in (await live_checkouts(accounts)).values())
    return list({checkout.id: checkout for checkout in found}.values())


async def _asks_for(
    session: AsyncSession, live: Checkout, asked: dict[UUID, int], method: str, request: dict[str, Any]
) -> bool:  # fmt: skip
    """Whether `live` can still be paid, and pays exactly these amounts of these receivables by this method."""
    same = (await parts_of(session, live), live.method, live.request) == (asked, method, request)
    if not same or live.saved_method_id is not None or not _can_be_paid(live):
        return False
    query = select(Connection.state).where(Connection.id == live.connection_id)
    return (await session.exec(query)).one() != "ended"


async def parts_of(session: AsyncSession, checkout: Checkout) -> dict[UUID, int]:
    """How much it pays of each receivable."""
    query = select(CheckoutPart).where(CheckoutPart.checkout_id == checkout.id)
    return {part.receivable_id: part.amount_minor for part in await session.exec(query)}


def _can_be_paid(checkout: Checkout) -> bool:
    """Whether the checkout is live and has not expired; the provider may report the expiry later."""
    in_time = checkout.expires_at is None or checkout.expires_at > datetime.now(UTC)
    return checkout.state in ("creating", "open", "requires_action") and in_time


def _row(
    accounts: Sequence[Account],
    principal: Principal,
    method: str,
    request: dict[str, Any],
    connection: Connection,
    amounts: Sequence[int],
) -> Checkout:
    now = datetime.now(UTC)
    return Checkout(
        id=uuid7(),
        merchant_id=accounts[0].row.merchant_id,
        connection_id=connection.id,
        provider=connection.provider,
        method=method,
        amount_minor=sum(amounts),
        currency=accounts[0].row.currency,
        request=request,
        created_by=principal.subject,
        offered_on=accounts[0].today,
        created_at=now,
        ask_at=now + timedelta(seconds=60),
    )


def new_part(checkout: Checkout, account: Account, amount_minor: int) -> CheckoutPart:
    return CheckoutPart(
        checkout_id=checkout.id,
        merchant_id=checkout.merchant_id,
        receivable_id=account.row.id,
        document_id=account.row.document_id,
        amount_minor=amount_minor,
        partial=amount_minor != account.payable(),
    )


async def _create(deps: Dependencies, found: Started) -> Started:
    """After silence the caller may repeat the request; the job learns the outcome otherwise."""
    checkout, connection = found.checkout, found.connection
    if connection is None:
        connection = await deps.providers.by_id(checkout.merchant_id, checkout.connection_id)
    try:
        report = await deps.providers.at(connection).create_checkout(reconcile.request_of(checkout))
    except OutcomeUnknown as error:
        raise ProviderUnavailable(str(error)) from error
    except Refused as error:
        await give_up(deps, checkout)
        await note_refusal(deps, connection, error)
        log.warning("checkout_refused", checkout_id=str(checkout.id), provider=checkout.provider, code=str(error))
        raise CheckoutRefused(reason=str(error)) from error
    async with deps.db.transaction(checkout.merchant_id) as session:
        return Started(*await apply_report(session, checkout.id, report, deps.clock))


async def end_checkouts(deps: Dependencies, live: Sequence[Checkout]) -> None:
    """Raises ProviderUnavailable where it is not certain that nobody pays them any more."""
    try:
        for checkout in live:
            await reconcile.end(deps, checkout)
    except (OutcomeUnknown, Refused) as error:
        raise ProviderUnavailable(str(error)) from error


async def give_up(deps: Dependencies, checkout: Checkout) -> None:
    """The provider has refused to make it."""
    async with deps.db.transaction(checkout.merchant_id) as session:
        _, accounts = await lock_parts(session, checkout.id, deps.clock)
        query = select(Checkout).where(Checkout.id == checkout.id).with_for_update()
        live = (await session.exec(query)).one()
        if live.state == "creating":
            live.state, live.ask_at = "failed", None
            for account in accounts:
                close_page(account)
            await close_several(accounts)
