"""What payments copies of documents and identity, and what follows from it in the same transaction."""

from functools import partial
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1 import documents_pb2 as documents
from kontor.documents.v1.documents_pb2_codes import DocumentType, ReferenceKind
from kontor.identity.v1 import identity_pb2 as identity
from kontor_payments.bookings.parked import arrives
from kontor_payments.models import Customer, Document, Merchant, PaymentSettings
from kontor_payments.receivables.service import follow_document
from kontor_service.clock import Clock
from kontor_service.copies import Copied


def _address_lines(address: identity.Address) -> list[str]:
    """As it is written on a letter; the country only where it is not the merchant's usual one."""
    country = address.country if address.country not in ("", "DE") else ""
    lines = (address.line1, address.line2, f"{address.post_code} {address.city}".strip(), country)
    return [line for line in lines if line]


CUSTOMERS = Copied(
    Customer, identity.Customer, lambda state: {"address_lines": _address_lines(state.address)}
)  # fmt: skip


def documents_copy(clock: Clock) -> Copied:
    return Copied(
        Document, documents.Document, _document, before=arrives, on_newer=partial(follow_document, clock=clock)
    )


def merchants_copy(*, sandbox_default: bool) -> Copied:
    async def add_settings(session: AsyncSession, merchant: Merchant) -> None:
        on = ["sandbox", "transfer"] if sandbox_default else ["transfer"]
        settings = PaymentSettings(merchant_id=merchant.id, providers_on=on)
        first = insert(PaymentSettings).values(settings.model_dump()).on_conflict_do_nothing()
        await (await session.connection()).execute(first)

    return Copied(Merchant, identity.Merchant, _merchant, on_newer=add_settings)


def _document(state: documents.Document) -> dict[str, Any]:
    return {
        "cash_discounts": [
            {"until": step.until, "percent": step.percent, "payable_minor": step.payable_minor}
            for step in state.cash_discounts
            if step.until and 0 < step.payable_minor < state.amount_due_minor
        ],
        "instalments": [{"due_date": one.due_date, "amount_minor": one.amount_minor} for one in state.instalments],
        "payment_reference": state.payment_reference or state.number,
        "names_invoices": _names_invoices(state),
    }


def _names_invoices(state: documents.Document) -> list[str]:
    """The numbers of the invoices that a credit note, a reminder or an invoice with a negative amount refers to, in its order."""
    numbers = dict.fromkeys(one.number for one in state.references if one.kind == ReferenceKind.INVOICE)
    follows = state.type in (DocumentType.CREDIT_NOTE, DocumentType.REMINDER) or state.amount_due_minor < 0
    return list(numbers) if follows else []


def _merchant(state: identity.Merchant) -> dict[str, Any]:
    return {
        "language": state.language or "de",
        "address_lines": _address_lines(state.address),
        "time_zone": state.time_zone or "Europe/Berlin",
        "not_payable_types": [
            setting.type
            for setting in state.document_types
            if not setting.can_pay and setting.type != DocumentType.QUOTE
        ],
        "iban": state.iban.replace(" ", ""),
        "bic": state.bic.replace(" ", ""),
        "further_ibans": list(state.further_ibans),
        "account_holder": state.account_holder or state.name,
        # Every change may make the offer stale; the job that follows finds out whether it did.
        "offer_pending": True,
    }
