"""Starting a checkout: one live per receivable, the intent written before the provider is called."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field, HttpUrl
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts import asking
from kontor_payments.checkouts.ending import live_checkout
from kontor_payments.checkouts.reports import OVER, apply_report
from kontor_payments.connections.service import Providers
from kontor_payments.errors import CheckoutBusy, MethodNotOffered, NotPayable, ProviderUnavailable
from kontor_payments.models import Checkout, Connection, Customer, Merchant, Receivable
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account, lock
from kontor_service.clock import Clock
from kontor_service.commands import KeyReused, fingerprint
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

# A payment in such a state leaves the invoice to be paid.
_GONE = frozenset({"failed", "reversed"})
# Others may start and end checkouts of the same receivable at the same moment.
_ROUNDS = 4


class CheckoutWanted(BaseModel):
    method: str = Field(min_length=1, max_length=40)
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
class _ToEnd:
    checkout: Checkout


@dataclass(frozen=True)
class Desk:
    """What starting a checkout works with."""

    db: Database
    providers: Providers
    clock: Clock


async def start(
    desk: Desk, principal: Principal, document_id: UUID, wanted: CheckoutWanted, key: str | None
) -> Checkout | Settled:
    """The same key gives the same checkout as long as it can be paid, then a new one.

    Raises DocumentNotFound, MethodNotOffered, ProviderUnavailable, …
    """
    key = key or str(uuid4())
    provider = await _provider(desk, principal, document_id, wanted.method)
    if isinstance(provider, Settled):
        return provider
    connection = await desk.providers.connection(principal.merchant, provider)
    for _ in range(_ROUNDS):
        try:
            async with desk.db.transaction(principal.merchant) as session:
                found = await _intend(desk, session, principal, document_id, wanted, key, connection)
        except IntegrityError:
            continue
        if isinstance(found, Settled):
            return found
        if isinstance(found, _ToEnd):
            await _end(desk, found.checkout)
            continue
        if found.state == "creating":
            return await _create(desk, found)
        if found.redirect_url is None:
            raise ProviderUnavailable(code="provider_refused")
        return found
    raise CheckoutBusy


async def _provider(desk: Desk, principal: Principal, document_id: UUID, method: str) -> str | Settled:
    async with desk.db.transaction(principal.merchant) as session:
        account = await lock(session, (await reachable(session, principal, document_id)).id, desk.clock)
        settled = _settled(account)
        provider = account.offer.provider_of(account.row, method)
    if settled:
        return settled
    if provider is None or provider == "transfer":
        raise MethodNotOffered(f"{method} has no payment page here", field="method")
    return provider


def _settled(account: Account) -> Settled | None:
    state = account.figures().state
    if state == "cancelled":
        raise NotPayable("The document was cancelled")
    if state == "paid":
        return Settled("already_paid", account.row)
    return Settled("on_its_way", account.row) if not account.figures().open_minor else None


async def _intend(
    desk: Desk,
    session: AsyncSession,
    principal: Principal,
    document_id: UUID,
    wanted: CheckoutWanted,
    key: str,
    connection: Connection,
) -> Checkout | Settled | _ToEnd:
    receivable = await reachable(session, principal, document_id)
    account = await lock(session, receivable.id, desk.clock)
    asked = fingerprint(wanted.model_dump(mode="json"))
    named = f"{receivable.id}:{key}"
    known = (await session.exec(select(Checkout).where(Checkout.idempotency_key == named))).one_or_none()
    if known is not None and known.request["fingerprint"] != asked:
        raise KeyReused(field="Idempotency-Key")
    settled = _settled(account)
    if settled:
        return settled
    if known is not None and _dead(account, known):
        # The key is free for another checkout; the row stays, and what comes of it is still heard.
        known.idempotency_key = f"{named}:{known.id}"
        await session.flush()
    elif known is not None and known.state != "ending" and not _overdue(known):
        return known
    live = await live_checkout(account)
    if live is not None:
        return _ToEnd(live)
    checkout = _row(account, principal, wanted, named, connection)
    checkout.request = {"fingerprint": asked, "provider": await _for_provider(session, account.row, wanted)}
    session.add(checkout)
    account.row.checkout_open = True
    await account.close()
    return checkout


def _dead(account: Account, checkout: Checkout) -> bool:
    """Nobody can pay it any more, and nothing has come of it that stands."""
    stands = any(p.checkout_id == checkout.id and p.state not in _GONE for p in account.payments.values())
    return checkout.state in OVER and not stands


def _overdue(checkout: Checkout) -> bool:
    """Its time is up at the provider, who has not said so yet."""
    return checkout.state == "open" and checkout.expires_at is not None and checkout.expires_at <= datetime.now(UTC)


def _row(account: Account, principal: Principal, wanted: CheckoutWanted, key: str, connection: Connection) -> Checkout:
    now = datetime.now(UTC)
    return Checkout(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        document_id=account.row.document_id,
        connection_id=connection.id,
        provider=connection.provider,
        method=wanted.method,
        amount_minor=account.payable(),
        currency=account.row.currency,
        idempotency_key=key,
        created_by=principal.subject,
        offered_on=account.today,
        created_at=now,
        ask_at=now + timedelta(seconds=60),
    )


async def _for_provider(session: AsyncSession, row: Receivable, wanted: CheckoutWanted) -> dict[str, Any]:
    merchant = (await session.exec(select(Merchant).where(Merchant.id == row.merchant_id))).one_or_none()
    customer = (await session.exec(select(Customer).where(Customer.id == row.customer_id))).one_or_none()
    label = "Rechnung" if wanted.language == "de" else "Invoice"
    return {
        "methods": [m["code"] for m in row.methods if m["provider"] != "transfer"],
        "description": f"{label} {row.document_number} · {merchant.name}" if merchant else row.document_number,
        "customer_email": customer.email if customer else "",
        "language": wanted.language,
        "return_url": str(wanted.return_url),
        "cancel_url": str(wanted.cancel_url or wanted.return_url),
    }


async def _create(desk: Desk, checkout: Checkout) -> Checkout:
    """After silence the caller may repeat the request; the job learns the outcome otherwise."""
    connection = await desk.providers.by_id(checkout.merchant_id, checkout.connection_id)
    try:
        report = await desk.providers.at(connection).create_checkout(asking.request_of(checkout))
    except OutcomeUnknown as error:
        raise ProviderUnavailable(str(error)) from error
    except Refused as error:
        await _give_up(desk, checkout)
        raise ProviderUnavailable(str(error), code="provider_refused") from error
    async with desk.db.transaction(checkout.merchant_id) as session:
        current = await apply_report(session, checkout.id, report, desk.clock)
    if current.state in OVER - {"completed"}:
        raise CheckoutBusy
    return current


async def _end(desk: Desk, live: Checkout) -> None:
    try:
        await asking.end(desk.db, desk.providers, desk.clock, live)
    except (OutcomeUnknown, Refused) as error:
        raise ProviderUnavailable(str(error)) from error


async def _give_up(desk: Desk, checkout: Checkout) -> None:
    async with desk.db.transaction(checkout.merchant_id) as session:
        account = await lock(session, checkout.receivable_id, desk.clock)
        live = await live_checkout(account)
        if live is not None and live.id == checkout.id and live.state == "creating":
            live.state, live.ask_at = "failed", None
            account.row.checkout_open = False
            await account.close()
