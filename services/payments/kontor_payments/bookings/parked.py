"""Payments booked elsewhere that came before their document.

A payment looks for its document, and a document for its payments. If both looked at the same moment, each before the
other's commit, neither would find the other: so the two exclude each other per merchant.
"""

from collections.abc import Sequence
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import IncomingPaymentState
from kontor_bus import record
from kontor_payments.bookings.external import book
from kontor_payments.errors import CurrencyMismatch, ExternalIdReused
from kontor_payments.models import Document, IncomingPayment, Payment
from kontor_payments.receivables.account import Account
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.locks import lock_merchant

_LOCK = "documents and payments"
# How `received_from` of what came over the bus begins; the user's name follows.
FROM_BUS = "system:"
_FACTS: dict[IncomingPaymentState, type[Message]] = {
    IncomingPaymentState.BOOKED: pb.IncomingPaymentBooked,
    IncomingPaymentState.REFUSED: pb.IncomingPaymentRefused,
}


async def arrives(session: AsyncSession, merchant_id: UUID) -> None:
    """To be called before any row is locked, when a document or a payment arrives: one after the other, so that each finds what it
    names or what names it."""
    await lock_merchant(session, merchant_id, what=_LOCK)


async def match_parked(account: Account, documents: Sequence[Document]) -> None:
    """Books what waited for an invoice, or for a reminder of it. What does not fit stays visible as refused."""
    names = [name for document in documents for name in _named(document)]
    if not names or account.row.cancelled:
        return
    waiting = (
        select(IncomingPayment).where(IncomingPayment.state == "parked", or_(*names)).order_by(col(IncomingPayment.id))
    )
    for parked in await account.session.exec(waiting.with_for_update()):
        if not any(_fits(parked, document) for document in documents):
            continue
        await settle_parked(account, parked)


def _fits(parked: IncomingPayment, document: Document) -> bool:
    """Everything by which the payment names its document must agree."""
    return parked.document_number in ("", document.number) and parked.document_external_id in ("", document.external_id)


def _named(document: Document) -> list[ColumnElement[bool]]:
    found = []
    if document.number:
        found.append(col(IncomingPayment.document_number) == document.number)
    if document.external_id:
        found.append(col(IncomingPayment.document_external_id) == document.external_id)
    return found


async def settle_incoming(account: Account, incoming: IncomingPayment) -> None:
    """Raises CurrencyMismatch, and ExternalIdReused where staff have booked something under the same id."""
    currency = account.row.currency
    if incoming.currency != currency:
        raise CurrencyMismatch(N_("The document is in %(currency)s."), field="currency", currency=currency)
    if (await account.session.exec(select(Payment.id).where(Payment.external_id == incoming.external_id))).first():
        raise ExternalIdReused(field="external_id")
    payment = await book(
        account,
        provider="erp",
        amount_minor=incoming.amount_minor,
        method=incoming.method,
        reference=incoming.reference,
        external_id=incoming.external_id,
        counts_on=incoming.paid_on,
        booked_by=incoming.received_from,
        charged_at=incoming.received_at,
    )
    incoming.payment_id = payment.id
    conclude(account.session, incoming, IncomingPaymentState.BOOKED)


async def settle_parked(account: Account, parked: IncomingPayment) -> None:
    """Books it; what does not fit its document is refused."""
    try:
        await settle_incoming(account, parked)
    except (CurrencyMismatch, ExternalIdReused) as problem:
        refuse(account.session, parked, problem.code)


def refuse(session: AsyncSession, parked: IncomingPayment, error: str, reason: str = "") -> None:
    """Its sender is told: in the feed, by its status, and on the bus where it came from there."""
    parked.error, parked.reason = error, reason
    parked.answer_pending = parked.received_from.startswith(FROM_BUS)
    conclude(session, parked, IncomingPaymentState.REFUSED)


def conclude(session: AsyncSession, incoming: IncomingPayment, state: IncomingPaymentState) -> None:
    """Sets the state, and tells of it if the payment had to wait."""
    incoming.state = state
    if incoming.waited:
        incoming.touch()
        record(session, _FACTS[state](incoming_payment=state_of(pb.IncomingPayment, incoming)))


def park(session: AsyncSession, incoming: IncomingPayment) -> None:
    incoming.waited = True
    record(session, pb.IncomingPaymentParked(incoming_payment=state_of(pb.IncomingPayment, incoming)))
