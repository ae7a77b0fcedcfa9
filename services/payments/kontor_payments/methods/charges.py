"""Charging a saved method while the customer is not there: a checkout of its own, with the provider's charge instead of its page.

Twice is once: the intent is written first with the receivables' only live checkout, its id is the provider's idempotency key, and
an answer that was not heard is asked for again, here or by the job (checkouts/reconcile.py).
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from pydantic import BaseModel, Field, HttpUrl
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts.amounts import amounts_of
from kontor_payments.checkouts.intent import MOST_DOCUMENTS, description_of, lock_wanted, what_is_settled
from kontor_payments.checkouts.reports import apply_report
from kontor_payments.checkouts.service import (
    Settled,
    Started,
    all_live_checkouts,
    end_checkouts,
    give_up,
    new_part,
    parts_of,
)
from kontor_payments.connections.attention import note_refusal
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import CheckoutBusy, CheckoutRefused, NoSavedMethod
from kontor_payments.methods.gone import end_method_of_charge
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.requests import charge_request
from kontor_payments.methods.rules import CHARGEABLE
from kontor_payments.models import Checkout, CheckoutPart, Connection, Receivable
from kontor_payments.providers.protocol import MethodGone, OutcomeUnknown, Refused
from kontor_payments.receivables.account import Account, close_several
from kontor_service.commands import fingerprint, recall, remember
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

log = structlog.get_logger()

# One for checkouts that have to be ended first, the others for those who start another meanwhile.
_ROUNDS = 4


class ChargeInput(BaseModel):
    """Documents of one customer in one currency, whose receivables are charged in full."""

    documents: list[UUID] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    # The customer's default unless named.
    method_id: UUID | None = None
    # Where the customer comes back to after confirming a charge at their bank.
    return_url: HttpUrl
    language: str = Field(default="de", pattern="^(de|en)$")


async def charge(deps: Dependencies, principal: Principal, wanted: ChargeInput, key: str | None) -> Started | Settled:
    """The checkout with what became of it so far: `creating` means that the provider has not answered yet.

    The same key again answers the same checkout. Raises DocumentNotFound, NotPayable, NotPayableTogether, NoSavedMethod,
    BelowMinimum, KeyReused, CheckoutRefused; ProviderUnavailable where an open payment page cannot be closed first.
    """
    for _ in range(_ROUNDS):
        async with deps.db.transaction(principal.merchant) as session:
            found = await _intend(deps, session, principal, wanted, key)
        if callable(found):
            await found()
        elif isinstance(found, Settled) or found.checkout.state != "creating":
            return found
        else:
            return await _carry_out(deps, found)
    raise CheckoutBusy


async def _intend(
    deps: Dependencies, session: AsyncSession, principal: Principal, wanted: ChargeInput, key: str | None
) -> Started | Settled | Callable[[], Awaitable[object]]:
    """The checkout or settled status, or a call to the provider that must be made before this is asked again."""
    if key is not None:
        asked = fingerprint(wanted.model_dump(mode="json"))
        known = await recall(session, principal.merchant, "charge", key, asked)
        if known is not None:
            return await _known(session, UUID(known["checkout_id"]))
    accounts = await lock_wanted(session, principal, wanted.documents, deps.clock)
    if status := what_is_settled(accounts):
        return Settled(status, [account.row for account in accounts])
    method = await _method(session, accounts[0].row, wanted.method_id)
    amounts = amounts_of(accounts, None, method.provider)
    if live := await all_live_checkouts(accounts):
        asked_for = {account.row.id: amount for account, amount in zip(accounts, amounts, strict=True)}
        if not await _is_this_charge(session, live, method, asked_for):
            return partial(end_checkouts, deps, live)
        checkout, rows = live[0], [account.row for account in accounts]
    else:
        checkout = _row(accounts, principal, method, amounts, _request(accounts, wanted))
        rows = await _write(session, checkout, accounts, amounts)
    if key is not None:
        await remember(session, principal.merchant, "charge", key, {"checkout_id": str(checkout.id)})
    return Started(checkout, rows)


async def _known(session: AsyncSession, checkout_id: UUID) -> Started:
    checkout = (await session.exec(select(Checkout).where(Checkout.id == checkout_id))).one()
    query = select(Receivable).join(CheckoutPart, col(CheckoutPart.receivable_id) == Receivable.id)
    query = query.where(CheckoutPart.checkout_id == checkout_id).order_by(col(Receivable.document_id))
    return Started(checkout, list(await session.exec(query)))


async def _method(session: AsyncSession, row: Receivable, method_id: UUID | None) -> SavedMethod:
    """Locked, so that it is not removed meanwhile. Raises NoSavedMethod, also for another customer's."""
    mine = select(SavedMethod).where(SavedMethod.customer_id == row.customer_id, col(SavedMethod.state).in_(CHARGEABLE))
    chosen = mine.where(SavedMethod.id == method_id) if method_id else mine.where(col(SavedMethod.is_default))
    found = (await session.exec(chosen.with_for_update(read=True))).one_or_none()
    if found is None:
        raise NoSavedMethod(field="method_id")
    connection = (await session.exec(select(Connection).where(Connection.id == found.connection_id))).one()
    if connection.state == "ended" or connection.problem:
        raise NoSavedMethod(field="method_id")
    return found


async def _is_this_charge(
    session: AsyncSession, live: Sequence[Checkout], method: SavedMethod, asked: dict[UUID, int]
) -> bool:
    return len(live) == 1 and live[0].saved_method_id == method.id and await parts_of(session, live[0]) == asked


def _request(accounts: Sequence[Account], wanted: ChargeInput) -> dict[str, Any]:
    return {"description": description_of(accounts, wanted.language), "return_url": str(wanted.return_url)}


def _row(
    accounts: Sequence[Account],
    principal: Principal,
    method: SavedMethod,
    amounts: Sequence[int],
    request: dict[str, Any],
) -> Checkout:
    now = datetime.now(UTC)
    return Checkout(
        id=uuid7(), merchant_id=method.merchant_id, connection_id=method.connection_id, provider=method.provider,
        method=method.method, saved_method_id=method.id, amount_minor=sum(amounts), currency=accounts[0].row.currency,
        request=request, created_by=principal.subject, offered_on=accounts[0].today, created_at=now,
        ask_at=now + timedelta(seconds=60),
    )  # fmt: skip


async def _write(
    session: AsyncSession, checkout: Checkout, accounts: Sequence[Account], amounts: Sequence[int]
) -> list[Receivable]:
    session.add(checkout)
    await session.flush()
    for account, amount in zip(accounts, amounts, strict=True):
        session.add(new_part(checkout, account, amount))
        account.row.checkout_open = True
    return await close_several(accounts)


async def _carry_out(deps: Dependencies, begun: Started) -> Started:
    """Where the answer is not heard, the checkout stays as it is and the job asks for it."""
    checkout = begun.checkout
    connection = await deps.providers.by_id(checkout.merchant_id, checkout.connection_id)
    try:
        report = await deps.providers.keeper(connection).charge(await charge_request(deps, checkout))
    except OutcomeUnknown as error:
        log.warning("charge_not_answered", checkout_id=str(checkout.id), error=str(error))
        return begun
    except MethodGone as error:
        await give_up(deps, checkout)
        await end_method_of_charge(deps, checkout)
        raise NoSavedMethod(field="method_id") from error
    except Refused as error:
        await give_up(deps, checkout)
        await note_refusal(deps, connection, error)
        log.warning("charge_refused", checkout_id=str(checkout.id), provider=checkout.provider, code=str(error))
        raise CheckoutRefused(reason=str(error)) from error
    async with deps.db.transaction(checkout.merchant_id) as session:
        return Started(*await apply_report(session, checkout.id, report, deps.clock))
