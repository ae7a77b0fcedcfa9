"""What a merchant need not repeat in every document that Kontor makes for it. Pure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, DocumentType, InvoiceKind
from kontor.identity.v1 import identity_pb2
from kontor_documents.content.kinds import kind_of
from kontor_documents.content.model import (
    Address,
    BankAccount,
    CashDiscount,
    Cashier,
    Contact,
    DocumentData,
    Identifier,
    Part,
    Party,
    PaymentMeans,
)
from kontor_documents.content.paying import is_debited
from kontor_documents.einvoice.codelists import ZUGFERD_EN16931
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking

P = TypeVar("P", bound=Part)

_SEPA_TRANSFER = "58"
_PAID_TYPES = frozenset({DocumentType.INVOICE, DocumentType.REMINDER})


def with_defaults(
    data: DocumentData, merchant: identity_pb2.Merchant | None, customer: identity_pb2.Customer | None, today: date
) -> DocumentData:
    """Seller, account and terms of payment from the merchant, buyer from the customer, where the data leaves them out; of a
    cashier what the merchant shows."""
    update: dict[str, Any] = {}
    if merchant is not None:
        if not data.seller.name:
            update["seller"] = _filled(data.seller, _seller(merchant))
        if not data.payment_means and data.type in _PAID_TYPES and merchant.iban:
            update["payment_means"] = [_transfer(merchant)]
    if customer is not None and not data.buyer.name:
        update["buyer"] = _filled(data.buyer, _buyer(customer))
    if not data.specification:
        update["specification"] = ZUGFERD_EN16931
    completed = with_merchant_settings(data.model_copy(update=update), merchant)
    return _with_terms(completed, merchant, today)


def with_merchant_settings(data: DocumentData, merchant: identity_pb2.Merchant | None) -> DocumentData:
    """What the merchant's settings say of every document, also of a finished one: how a quote is accepted that says nothing
    else, and what is shown of a cashier."""
    if data.type is DocumentType.QUOTE and not data.acceptance:
        data = data.model_copy(update=_acceptance(data, merchant))
    return _with_shown_cashier(data, merchant)


def _acceptance(data: DocumentData, merchant: identity_pb2.Merchant | None) -> dict[str, Any]:
    """How the merchant's quotes are accepted that say nothing else."""
    usual = next((one for one in merchant.document_types if one.type == data.type), None) if merchant else None
    if usual is None:
        return {}
    methods = [AcceptanceMethod(method) for method in usual.acceptance] or [AcceptanceMethod.CLICK]
    percent = data.deposit_percent or (Decimal(usual.deposit_percent) if usual.deposit_percent else None)
    return {"acceptance": methods, "deposit_percent": percent if AcceptanceMethod.DEPOSIT in methods else None}


def _with_shown_cashier(data: DocumentData, merchant: identity_pb2.Merchant | None) -> DocumentData:
    """Name or reference of whoever served the customer, as the merchant shows it; the other one only where that is missing."""
    wanted = merchant.receipt_cashier if merchant else ""
    value = getattr(data.cashier, wanted) if data.cashier and wanted else ""
    return data.model_copy(update={"cashier": Cashier(**{wanted: value})}) if value else data


def _filled(given: P, usual: P) -> P:
    """`given`, with each value that it leaves empty taken from `usual`."""
    values: dict[str, Any] = {}
    for name in type(given).model_fields:
        mine, theirs = getattr(given, name), getattr(usual, name)
        values[name] = _filled(mine, theirs) if isinstance(mine, Part) and isinstance(theirs, Part) else mine or theirs
    return given.model_copy(update=values)


def _with_terms(data: DocumentData, merchant: identity_pb2.Merchant | None, today: date) -> DocumentData:
    """BR-CO-25: a positive amount needs a due date or terms of payment.

    The merchant's terms count from the day of issue; they give no day that has passed, which would be overdue at once."""
    due = data.totals.due if data.totals else Decimal(0)
    if due <= 0 or data.type not in _PAID_TYPES or data.due_date or data.payment_terms or data.instalments:
        return data
    if merchant and merchant.payment_days and _asks_for_transfer(data):
        day = data.issue_date + timedelta(days=merchant.payment_days)
        if day > today:
            return data.model_copy(update={"due_date": day, "cash_discounts": _discounts(data, merchant, today)})
    with speaking(data.language):
        return data.model_copy(update={"payment_terms": _("Payable on receipt.")})


def _asks_for_transfer(data: DocumentData) -> bool:
    """Whether the customer transfers the money. A debit says its own day; a self-billed invoice is paid by the merchant."""
    return data.type == DocumentType.INVOICE and not is_debited(data) and kind_of(data) is not InvoiceKind.SELF_BILLED


def _discounts(data: DocumentData, merchant: identity_pb2.Merchant, today: date) -> list[CashDiscount]:
    if data.cash_discounts or not (merchant.discount_days and merchant.discount_percent):
        return data.cash_discounts
    if data.issue_date + timedelta(days=merchant.discount_days) < today:
        return []
    return [CashDiscount(days=merchant.discount_days, percent=Decimal(merchant.discount_percent))]


def _seller(merchant: identity_pb2.Merchant) -> Party:
    return Party(
        name=merchant.name,
        vat_id=merchant.vat_id,
        tax_number=merchant.tax_number,
        address=_address(merchant.address),
        contact=Contact(name=merchant.name, phone=merchant.contact_phone, email=merchant.contact_email),
        electronic_address=Identifier(id=merchant.contact_email, scheme="EM") if merchant.contact_email else None,
        legal_info=merchant.register_entry,
    )


def _buyer(customer: identity_pb2.Customer) -> Party:
    return Party(
        name=customer.name,
        vat_id=customer.vat_id,
        address=_address(customer.address),
        contact=Contact(email=customer.email) if customer.email else None,
        electronic_address=Identifier(id=customer.email, scheme="EM") if customer.email else None,
    )


def _address(address: identity_pb2.Address) -> Address:
    said = {name: getattr(address, name) for name in ("line1", "line2", "post_code", "city")}
    return Address(**said, country=address.country or "DE")


def _transfer(merchant: identity_pb2.Merchant) -> PaymentMeans:
    account = BankAccount(iban=merchant.iban, bic=merchant.bic, holder=merchant.account_holder or merchant.name)
    return PaymentMeans(code=_SEPA_TRANSFER, account=account)
