"""How a document wants to be paid: for its columns and its pages alike. Pure."""

from decimal import Decimal

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod
from kontor_documents.content.model import BankAccount, CashDiscount, DocumentData
from kontor_documents.einvoice.totals import round_amount

# UNCL4461
TRANSFERS = frozenset({"30", "31", "42", "58"})
DEBITS = frozenset({"49", "59"})


def is_debited(document: DocumentData) -> bool:
    return any(means.code in DEBITS for means in document.payment_means)


def transfer_account(document: DocumentData) -> BankAccount | None:
    """The account named for a transfer, with its holder: BT-85, else the payee (BG-10), else the seller."""
    account = next((m.account for m in document.payment_means if m.code in TRANSFERS and m.account), None)
    if account is None:
        return None
    party = document.payee or document.seller
    return account.model_copy(update={"holder": account.holder or party.name or party.trading_name})


def discount_amount(discount: CashDiscount, document: DocumentData) -> Decimal:
    """What the discount takes off: percent of its base, of what is due (BT-115) where none is named; rounded half up."""
    due = document.totals.due if document.totals else Decimal(0)
    base = discount.base_amount if discount.base_amount is not None else due
    return round_amount(base * discount.percent / 100, document.currency)


def asked_with_acceptance(quote: DocumentData) -> Decimal:
    """What accepting the quote takes: the whole of what is due, the deposit (so many percent of it, rounded half up), or
    nothing."""
    due = quote.totals.due if quote.totals else Decimal(0)
    if AcceptanceMethod.DEPOSIT in quote.acceptance:
        percent = Decimal(100) if quote.deposit_percent is None else quote.deposit_percent
        return round_amount(due * percent / 100, quote.currency)
    return due if AcceptanceMethod.PAYMENT in quote.acceptance else Decimal(0)
