"""A payout as double-entry postings on the provider's clearing account. Pure; amounts are minor units.

The provider's balance is an account like one at a bank: payments come in, refunds, fees and the transfer go out. After the postings of a
payout it stands where it stood before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from kontor.payments.v1.payments_pb2_codes import PayoutItemKind
from kontor_service.i18n import gettext as _

Chart = Literal["SKR03", "SKR04"]


@dataclass(frozen=True)
class Accounts:
    """Account numbers of one merchant's bookkeeping."""

    clearing: str
    debtor: str
    fees: str
    transit: str
    other: str
    # DATEV's BU-Schlüssel of the fees; empty: none.
    fee_tax_key: str


# Without an account of one's own: cash in transit, a collective debtor, incidental costs of monetary transactions, and
# transitory items. 94: reverse charge at 19 % (§ 13b UStG), as Stripe invoices from Ireland.
DEFAULTS: dict[str, Accounts] = {
    "SKR03": Accounts("1361", "10000", "4970", "1360", "1590", "94"),
    "SKR04": Accounts("1461", "10000", "6855", "1460", "1370", "94"),
}


@dataclass(frozen=True)
class Posting:
    """On the clearing account: positive amounts are debit (money came in), negative credit."""

    amount_minor: int
    contra: str
    on: date
    # The document's number, or the payout's.
    document: str
    text: str
    tax_key: str = ""


def postings(payout: dict[str, Any], accounts: Accounts) -> Iterator[Posting]:
    """`payout` has the columns of a Payout. Everything is posted on the day on which it arrives. Lines of nothing are left out."""
    return (posting for posting in _postings(payout, accounts) if posting.amount_minor)


def _postings(payout: dict[str, Any], accounts: Accounts) -> Iterator[Posting]:
    on, reference = payout["arrives_on"], payout["provider_reference"]
    for item in payout["items"]:
        if item["kind"] == PayoutItemKind.FEE:
            continue
        if item["kind"] == PayoutItemKind.OTHER:
            yield Posting(item["gross_minor"], accounts.other, on, reference, item["reference"])
            continue
        left = item["gross_minor"]
        text = PayoutItemKind(item["kind"]).word
        for share in item["shares"]:
            yield Posting(
                share["amount_minor"], accounts.debtor, on, share["document_number"], f"{_(text)} {item['reference']}"
            )
            left -= share["amount_minor"]
        # What did not come about through Kontor, or is more than Kontor knows of.
        yield Posting(left, accounts.other, on, reference, f"{_(text)} {item['reference']}")
    yield Posting(-payout["fee_minor"], accounts.fees, on, reference, _("Fees"), accounts.fee_tax_key)
    yield Posting(-payout["amount_minor"], accounts.transit, on, reference, _("Payout"))
