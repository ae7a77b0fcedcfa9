"""A bank statement as it is read from a file: a `Statement`, then its `Entry`s. Amounts are signed minor units: money that came is
positive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kontor_service.errors import Invalid
from kontor_service.i18n import N_

FileUnreadable = Invalid.named("statement_unreadable", N_("This file cannot be read as a bank statement."))
# No bank's text is longer; a row and a page take no more.
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Statement:
    """The head of one statement. `account` is an IBAN, or for MT940 also `bank code/account number`, as the bank wrote it.

    The balances are those before the first and after the last entry; None where the file states none.
    """

    format: str
    number: str
    account: str
    currency: str
    opening_minor: int | None
    closing_minor: int | None
    # The name of its file in a ZIP; else empty.
    file: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One payment of an entry. `original_minor` is, of a returned direct debit, the amount without the banks' charges."""

    amount_minor: int
    original_minor: int
    name: str = ""
    iban: str = ""
    text: str = ""
    # The structured reference (ISO 11649 or the bank's own), and the payer's end-to-end reference.
    reference: str = ""
    end_to_end_id: str = ""
    # ISO 20022 reason code of a return (AC04, MD06, …), "returned" where the bank only says that it is one; else empty.
    return_code: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the statement. A collective entry has several parts, each with its own amount; where these are not known, one part stands
    for all."""

    booked_on: date
    valued_on: date
    amount_minor: int
    currency: str
    bank_reference: str
    parts: tuple[Part, ...]
    # The bank's own posting text, e.g. GUTSCHRIFT.
    posting_text: str = ""
    direct_debit: bool = False


# A statement, followed by its entries; then the next one.
Items = Iterator[Statement | Entry]


def shortened(text: str | None) -> str:
    """One line of printable characters."""
    return "".join(c for c in " ".join((text or "").split()) if c.isprintable())[:LONGEST]
