"""Starting a checkout: one live per receivable, the intent written before the provider is called."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field, HttpUrl
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_payments.checkouts import reconcile
from kontor_payments.checkouts.ending import live_checkout
from kontor_payments.checkouts.reports import OVER, apply_report
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import CheckoutBusy, MethodNotOffered, NotPayable, ProviderUnavailable
from kontor_payments.models import Checkout, Connection, Customer, Merchant, Receivable
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account, lock
from kontor_service.commands import KeyReused, fingerprint
from kontor_service.i18n import N_, speaking
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal
from kontor_service.vocabulary import word

# A payment in such a state leaves the invoice to be paid.
_GONE = frozenset({"failed", "reversed"})
# One for the account, one for the checkout, the others for those who start one of the same receivable at the same moment.
_ROUNDS = 6


class CheckoutInput(BaseModel):
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
class Started:
    checkout: Checkout
    receivable: Receivable


@dataclass(frozen=True)
class _ToEnd:
    """Another checkout is live; the provider has to end it first."""

    checkout: Checkout


@dataclass(frozen=True)
class _ToConnect:
    """The merchant has no account at this provider yet."""

    provider: str


async def start(
    deps: Dependencies, principal: Principal, document_id: UUID, wanted: CheckoutInput, key: str | None
) -> Started | Settled:
    """The same key gives the same checkout as long as it can be paid, then a new one.

    The receivable is locked and checked once. Only where the provider has to be asked for something first (an account,
    the end of an older checkout) that is done without the lock, and everything is checked again.
    Raises DocumentNotFound, MethodNotOffered, ProviderUnavailable, …
    """
    key = key or str(uuid4())
    for _ in range(_ROUNDS):
        async with deps.db.transaction(principal.merchant) as session:
            found = await _intend(deps, session, principal, document_id, wanted, key)
        if isinstance(found, Settled):
            return found
        if isinstance(found, _ToConnect):
            await deps.providers.connect(principal.merchant, found.provider)
        elif isinstance(found, _ToEnd):
            await _end(deps, found.checkout)
        elif found.checkout.state == "creating":
            return await _create(deps, found.checkout)
        elif found.checkout.redirect_url is None:
            raise ProviderUnavailable(code="provider_refused")
        else:
            return found
    raise CheckoutBusy


async def _intend(
    deps: Dependencies,
    session: AsyncSession,
    principal: Principal,
    document_id: UUID,
    wanted: CheckoutInput,
    key: str,
) -> Started | Settled | _ToEnd | _ToConnect:
    receivable = await reachable(session, principal, document_id)
    account = await lock(session, receivable.id, deps.clock)
    asked = fingerprint(wanted.model_dump(mode="json"))
    named = f"{receivable.id}:{key}"
    known = (await session.exec(select(Checkout).where(Checkout.idempotency_key == named))).one_or_none()
    if known is not None and known.request["fingerprint"] != asked:
        raise KeyReused(field="Idempotency-Key")
    settled = _settled(account)
    if settled:
        return settled
    provider = _provider(account, wanted.method)
    if known is not None and _dead(account, known):
        # The key is free for another checkout; the row stays, and what comes of it is still heard.
        known.idempotency_key = f"{named}:{known.id}"
        await session.flush()
    elif known is not None and known.state != "ending" and not _overdue(known):
        return Started(known, account.row)
    live = await live_checkout(account)
    if live is not None:
        return _ToEnd(live)
    connection = await deps.providers.connected(session, provider)
    if connection is None:
        return _ToConnect(provider)
    checkout = _row(account, principal, wanted, named, connection)
    checkout.request = {"fingerprint": asked, "provider": await _for_provider(session, account.row, wanted)}
    session.add(checkout)
    account.row.checkout_open = True
    await account.close()
    return Started(checkout, account.row)


def _settled(account: Account) -> Settled | None:
    figures = account.figures()
    if figures.state == "cancelled":
        raise NotPayable(N_("The document was cancelled."))
    if figures.state == "paid":
        return Settled("already_paid", account.row)
    return Settled("on_its_way", account.row) if not figures.open_minor else None


def _provider(account: Account, method: str) -> str:
    provider = account.offer.provider_of(account.row, method)
    if provider is None or provider == "transfer":
        raise MethodNotOffered(N_("%(method)s has no payment page here."), field="method", method=method)
    return provider


def _dead(account: Account, checkout: Checkout) -> bool:
    """Nobody can pay it any more, and nothing has come of it that stands."""
    stands = any(p.checkout_id == checkout.id and p.state not in _GONE for p in account.payments.values())
    return checkout.state in OVER and not stands


def _overdue(checkout: Checkout) -> bool:
    """Its time is up at the provider, who has not said so yet."""
    return checkout.state == "open" and checkout.expires_at is not None and checkout.expires_at <= datetime.now(UTC)


def _row(account: Account, principal: Principal, wanted: CheckoutInput, key: str, connection: Connection) -> Checkout:
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
        raise ProviderUnavailable(str(error), code="provider_refused") from error
    async with deps.db.transaction(checkout.merchant_id) as session:
        current, receivable = await apply_report(session, checkout.id, report, deps.clock)
    if current.state in OVER - {"completed"}:
        raise CheckoutBusy
    return Started(current, receivable)


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
