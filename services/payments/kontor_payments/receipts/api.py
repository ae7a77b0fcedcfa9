"""The receipt of a payment (D10): what was paid when, by which way, for which documents."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import PaymentMethod
from kontor_payments.dependencies import dependencies_of
from kontor_payments.errors import NoReceipt, PaymentNotFound
from kontor_payments.models import Booking, Customer, Merchant, Payment, Receivable
from kontor_payments.receipts.typesetting import typeset
from kontor_payments.receivables.access import may_reach
from kontor_service.formats import day, money, zone_of
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking
from kontor_service.tokens import Principal, require
from kontor_service.vocabulary import word

router = APIRouter(prefix="/v1", tags=["receipts"])
Reader = Annotated[Principal, Depends(require("documents:read"))]

_ACCENT = "#1f5f4b"
# The money is here, or was.
_HERE = frozenset({"succeeded", "refund_pending", "refunded"})


@router.get("/payments/{payment_id}/receipt")
async def receipt(
    request: Request, payment_id: UUID, principal: Reader, language: Literal["de", "en"] = "de"
) -> Response:  # fmt: skip
    """A PDF (PDF/A-3b, PDF/UA-1); of several documents paid at once it names all. 409 until the money has arrived."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        found = await _payments(session, principal, payment_id)
        refunded = await _refunded(session, [payment for payment, _row in found])
        merchant = (await session.exec(select(Merchant))).first()
        query = select(Customer).where(Customer.id == found[0][1].customer_id)
        customer = (await session.exec(query)).one_or_none()
    with speaking(language):
        sheet = _sheet(found, refunded, merchant, customer, language)
    pdf = await asyncio.to_thread(typeset, sheet, deps.clock.now().replace(microsecond=0))
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "private, no-store"})


async def _payments(
    session: AsyncSession, principal: Principal, payment_id: UUID
) -> list[tuple[Payment, Receivable]]:  # fmt: skip
    """The payment and those of the same checkout that its reader reaches, in the order of the documents."""
    asked = (await session.exec(select(Payment).where(Payment.id == payment_id))).one_or_none()
    if asked is None:
        raise PaymentNotFound
    query = select(Payment, Receivable).join(Receivable, col(Receivable.id) == Payment.receivable_id)
    same = col(Payment.id) == payment_id
    if asked.checkout_id is not None:
        same = (col(Payment.checkout_id) == asked.checkout_id) & (
            col(Payment.provider_reference) == asked.provider_reference
        )
    rows = await session.exec(query.where(same).order_by(col(Receivable.document_id)))
    found = [(payment, row) for payment, row in rows if await may_reach(session, principal, row)]
    if not any(payment.id == payment_id for payment, _row in found):
        raise PaymentNotFound
    if asked.state not in _HERE:
        raise NoReceipt
    return [(payment, row) for payment, row in found if payment.state in _HERE]


async def _refunded(session: AsyncSession, payments: Sequence[Payment]) -> int:
    query = select(func.coalesce(func.sum(Booking.amount_minor), 0)).where(
        col(Booking.payment_id).in_([payment.id for payment in payments]), Booking.bucket == "refunded"
    )
    return int((await session.exec(query)).one())


def _received_on(payment: Payment, merchant: Merchant | None, language: str) -> str:
    """The day where the merchant is."""
    if payment.settled_at is None:
        return ""
    zone = zone_of(merchant.time_zone if merchant else "Europe/Berlin")
    return day(payment.settled_at.astimezone(zone).date(), language)


def _sheet(
    found: Sequence[tuple[Payment, Receivable]],
    refunded_minor: int,
    merchant: Merchant | None,
    customer: Customer | None,
    language: str,
) -> dict[str, Any]:
    payment, currency = found[0][0], found[0][0].currency
    total = sum(one.amount_minor for one, _row in found)
    sums = [[_("Amount received"), money(total, currency, language)]]
    if refunded_minor:
        sums.append([_("of which given back"), money(refunded_minor, currency, language)])
    facts = [
        [_("Paid on"), day(payment.counts_on, language)],
        [_("Received on"), _received_on(payment, merchant, language)],
        [_("Payment method"), word(PaymentMethod, payment.method) if payment.method else ""],
        [_("Reference"), payment.reference or payment.provider_reference],
    ]
    return {
        "title": _("Receipt %(numbers)s", numbers=", ".join(row.document_number for _payment, row in found)),
        "language": language,
        "merchant": merchant.name if merchant else "",
        "address": merchant.address_lines if merchant else [],
        "accent": (merchant.accent_color if merchant else "") or _ACCENT,
        "recipient": [customer.name, *customer.address_lines] if customer else [],
        "heading": _("Payment receipt"),
        "intro": _("We have received your payment. Thank you."),
        "columns": [_("For"), _("Amount")],
        "lines": [
            [f"{word(DocumentType, row.document_type)} {row.document_number}", money(one.amount_minor, currency, language)]
            for one, row in found
        ],
        "sums": sums,
        "facts": [fact for fact in facts if fact[1]],
        "note": _("This receipt confirms a payment. It is not an invoice."),
    }  # fmt: skip
