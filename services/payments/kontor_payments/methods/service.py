"""A customer's saved methods: begun on the provider's page, followed, chosen as default, removed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from google.protobuf.message import Message
from pydantic import BaseModel, HttpUrl
from pydantic import Field as Constrained
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import SavedMethodEnd, SavedMethodState
from kontor_bus import record
from kontor_payments.checkouts.ending import LIVE
from kontor_payments.connections.attention import note_refusal
from kontor_payments.connections.offer import load_offer
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import MethodNotSaved, NotAgreed, ProviderUnavailable, SavedMethodInUse, SavedMethodNotFound
from kontor_payments.methods import rules
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.terms import terms_of
from kontor_payments.models import Checkout, Connection, Customer, Merchant
from kontor_payments.providers.protocol import OutcomeUnknown, Refused, SetupReport, SetupRequest
from kontor_payments.providers.registry import KINDS
from kontor_service.errors import NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_, speaking
from kontor_service.i18n import gettext as _
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal
from kontor_service.validation import Line

# Nobody has as many cards; whoever begins one after the other without finishing stops here.
_MOST_SETUPS = 20
_CURRENCY = "EUR"


class SetupInput(BaseModel):
    customer_id: UUID
    method: Line = Constrained(max_length=40)
    # The customer has read the terms and agrees to them.
    agreed: bool
    return_url: HttpUrl
    cancel_url: HttpUrl | None = None
    language: str = Constrained(default="de", pattern="^(de|en)$")


def must_be_theirs(principal: Principal, customer_id: UUID) -> None:
    """Who came by the link of one document acts for that alone. Raises NotFound."""
    if principal.document_id or principal.resource or customer_id not in principal.customers:
        raise NotFound(field="customer_id")


async def savable(session: AsyncSession, merchant_id: UUID) -> dict[str, str]:
    """The methods that a customer of this merchant can have saved now, each with its provider."""
    offer = await load_offer(session, merchant_id)
    return {code: provider for code, provider in offer.pairs if code in KINDS[provider].saves}


async def begin(deps: Dependencies, principal: Principal, wanted: SetupInput) -> tuple[SavedMethod, str]:
    """The row, and the address of the provider's page. Raises NotAgreed, MethodNotSaved, ProviderUnavailable."""
    must_be_theirs(principal, wanted.customer_id)
    if not wanted.agreed:
        raise NotAgreed(field="agreed")
    async with deps.db.transaction(principal.merchant) as session:
        row, connection, request = await _intend(deps, session, principal, wanted)
    try:
        report = await deps.providers.keeper(connection).start_setup(request)
    except (OutcomeUnknown, Refused) as error:
        await note_refusal(deps, connection, error)
        raise ProviderUnavailable(str(error)) from error
    return await follow(deps, row, report), report.redirect_url


async def _intend(
    deps: Dependencies, session: AsyncSession, principal: Principal, wanted: SetupInput
) -> tuple[SavedMethod, Connection, SetupRequest]:
    provider = (await savable(session, principal.merchant)).get(wanted.method)
    connection = await deps.providers.connected(session, provider) if provider else None
    if provider is None or connection is None:
        raise MethodNotSaved(field="method")
    begun = [row for row in await methods_of(session, wanted.customer_id) if row.state == SavedMethodState.SETTING_UP]
    if len(begun) >= _MOST_SETUPS:
        raise SavedMethodInUse(
            N_("This was begun too often without finishing it. Please try again tomorrow."), code="too_many_setups"
        )
    merchant = (await session.exec(select(Merchant))).one()
    customer = (await session.exec(select(Customer).where(Customer.id == wanted.customer_id))).one_or_none()
    now = datetime.now(UTC)
    with speaking(wanted.language):
        terms = terms_of(wanted.method, merchant.name, provider)
        description = _("Saved payment method for %(merchant)s", merchant=merchant.name)
    row = SavedMethod(
        id=uuid7(), merchant_id=principal.merchant, customer_id=wanted.customer_id, connection_id=connection.id,
        provider=provider, method=wanted.method, consent=terms, agreed_at=now, agreed_by=principal.subject,
        ask_at=now + timedelta(seconds=60),
    )  # fmt: skip
    session.add(row)
    return row, connection, SetupRequest(
        reference=str(row.id), currency=_CURRENCY, methods=[wanted.method], description=description,
        customer_name=customer.name if customer else "", customer_email=customer.email if customer else "",
        language=wanted.language, return_url=str(wanted.return_url), cancel_url=str(wanted.cancel_url or wanted.return_url),
    )  # fmt: skip


async def methods_of(session: AsyncSession, customer_id: UUID) -> Sequence[SavedMethod]:
    """All of a customer's, locked in the order of their ids, so that one at most becomes the default."""
    query = select(SavedMethod).where(SavedMethod.customer_id == customer_id).order_by(col(SavedMethod.id))
    return list(await session.exec(query.with_for_update().execution_options(populate_existing=True)))


async def follow(deps: Dependencies, known: SavedMethod, report: SetupReport) -> SavedMethod:
    """Applies what the provider says of a setup; once it is over, nothing more."""
    async with deps.db.transaction(known.merchant_id) as session:
        rows = await methods_of(session, known.customer_id)
        row = next(one for one in rows if one.id == known.id)
        if row.state == SavedMethodState.SETTING_UP:
            offer = await load_offer(session, known.merchant_id)
            rules.follow_setup(row, report, deps.clock.today(offer.time_zone), datetime.now(UTC))
            if row.state == SavedMethodState.USABLE:
                heir = rules.heir(rows)
                row.is_default = heir is not None and heir.id == row.id
                record(session, pb.SavedMethodSaved(method=state_of(pb.SavedMethod, row)))
        return row


async def ask_setup(deps: Dependencies, row: SavedMethod) -> SavedMethod:
    """What became of a setup. Raises OutcomeUnknown, Refused, ConnectionUnknown."""
    connection = await deps.providers.by_id(row.merchant_id, row.connection_id)
    keeper = deps.providers.keeper(connection)
    if not row.setup_id:
        # The provider's answer was not heard, so nobody was sent to its page.
        return await follow(deps, row, SetupReport("", str(row.id), "expired", ""))
    return await follow(deps, row, await keeper.setup(row.setup_id))


async def look_at_setups(deps: Dependencies, principal: Principal) -> list[SavedMethod]:
    """The customer is back from the provider's page: asks it about all that they have begun. What it does not answer is
    asked by the job."""
    if principal.document_id or principal.resource:
        raise NotFound
    async with deps.db.transaction(principal.merchant) as session:
        query = select(SavedMethod).where(
            col(SavedMethod.customer_id).in_(principal.customers), SavedMethod.state == SavedMethodState.SETTING_UP
        )
        begun = list(await session.exec(query.order_by(col(SavedMethod.id).desc()).limit(_MOST_SETUPS)))
    found = []
    for row in begun:
        try:
            found.append(await ask_setup(deps, row))
        except (OutcomeUnknown, Refused):
            continue
    return found


async def make_default(deps: Dependencies, principal: Principal, method_id: UUID) -> SavedMethod:
    """Raises SavedMethodNotFound, also for one that cannot be charged."""
    async with deps.db.transaction(principal.merchant) as session:
        row, rows = await _theirs(session, principal, method_id)
        if row.state not in rules.CHARGEABLE:
            raise SavedMethodNotFound
        if not row.is_default:
            await _pass_on(session, rows, row)
        return row


async def remove(deps: Dependencies, principal: Principal, method_id: UUID) -> SavedMethod:
    """Nothing is charged with it from now on; the job deletes it at the provider. Raises SavedMethodNotFound, SavedMethodInUse."""
    async with deps.db.transaction(principal.merchant) as session:
        row, rows = await _theirs(session, principal, method_id)
        if row.state == SavedMethodState.ENDED:
            return row
        used = select(Checkout.id).where(Checkout.saved_method_id == row.id, col(Checkout.state).in_(LIVE))
        if (await session.exec(used.limit(1))).first() is not None:
            raise SavedMethodInUse
        await end_and_tell(session, row, rows, SavedMethodEnd.REMOVED)
    deps.wake.set()
    return row


async def end_and_tell(session: AsyncSession, row: SavedMethod, rows: Sequence[SavedMethod], reason: str) -> None:
    """`rows` are all of the customer's, locked: another becomes the default."""
    rules.end(row, reason, datetime.now(UTC))
    if row.saved_at:
        tell(session, row, pb.SavedMethodEnded())
    await session.flush()
    if heir := rules.heir(rows):
        await _pass_on(session, rows, heir)


async def _pass_on(session: AsyncSession, rows: Sequence[SavedMethod], chosen: SavedMethod) -> None:
    """The index allows one default, so the former one is written first."""
    for row in rows:
        if row.is_default:
            row.is_default = False
            tell(session, row, pb.SavedMethodChanged())
    await session.flush()
    chosen.is_default = True
    tell(session, chosen, pb.SavedMethodChanged())


def tell(session: AsyncSession, row: SavedMethod, event: Message) -> None:
    """One new version, and the event of it."""
    row.touch()
    event.method.CopyFrom(state_of(pb.SavedMethod, row))  # type: ignore[attr-defined]
    record(session, event)


async def _theirs(
    session: AsyncSession, principal: Principal, method_id: UUID
) -> tuple[SavedMethod, Sequence[SavedMethod]]:
    """The method, and all of its customer's, locked."""
    found = (await session.exec(select(SavedMethod.customer_id).where(SavedMethod.id == method_id))).one_or_none()
    if found is None or principal.document_id or principal.resource or found not in principal.customers:
        raise SavedMethodNotFound
    rows = await methods_of(session, found)
    return next(row for row in rows if row.id == method_id), rows
