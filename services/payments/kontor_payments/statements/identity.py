"""Which entries of a file are known already. Pure.

Banks give the same entry in several files (a statement of yesterday, an export of the last ninety days), and no file says which of
its entries another one had. Their identifiers do not help alone: some leave them out, some give one to several entries, some begin
anew every year. So an entry is compared with those of its day: by its amount and all that is said of it, and, where two are alike
in that, by the account's balance after it, which the statement's balances yield.

Equal entries without a balance are counted: a file with three of them where two are known brings one. That also holds where banks
sort a day differently from file to file, as long as both files have the day from its beginning. Only where one file begins in the
middle of a day that the other one does not have as a whole, an unknown balance means another entry.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kontor_payments.statements.reading.model import Entry, Statement

_LETTERS = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Trace:
    """What an entry is recognised by. `balance_minor`: of the account after it. `starts_minor`: the balance at which its file's
    part of the day begins. `has_start`: the file has the day from its beginning, because it also has an earlier one; `whole`: and
    to its end, because it also has a later one."""

    day: date
    amount_minor: int
    digest: str
    format: str
    balance_minor: int | None = None
    starts_minor: int | None = None
    has_start: bool = False
    whole: bool = False


def digest_of(entry: Entry) -> str:
    """A fingerprint of what is said of the entry, without blanks, case and marks: the same in each file of one format.

    It is stored. Were it made otherwise one day, entries that are known would count as new.
    """
    said = [entry.currency, entry.bank_reference]
    for part in entry.parts:
        said += [str(part.amount_minor), part.iban, part.name, part.text, part.reference, part.end_to_end_id]
        said.append(part.return_code)
    return hashlib.sha256("\x1f".join(map(_plain, said)).encode()).hexdigest()


def _plain(text: str) -> str:
    """A minus is kept: it is a sign where it begins an amount."""
    folded = unicodedata.normalize("NFKD", text.upper())
    return ("-" if text.startswith("-") else "") + _LETTERS.sub("", folded)


def traces(statement: Statement, entries: Iterable[Entry]) -> list[Trace]:
    """In the order of the file. Balances are left out where they do not add up."""
    found = [(e.booked_on, e.amount_minor, digest_of(e)) for e in entries]
    days = [day for day, _, _ in found]
    opening, closing = statement.opening_minor, statement.closing_minor
    total = sum(amount for _, amount, _ in found)
    in_order = all(one <= other for one, other in pairwise(days))
    if opening is None or (closing is not None and opening + total != closing) or not in_order:
        return [Trace(day, amount, digest, statement.format) for day, amount, digest in found]
    starts: dict[date, int] = {}
    balance, rows = opening, []
    first, last = (days[0], days[-1]) if days else (date.min, date.min)
    for day, amount, digest in found:
        starts.setdefault(day, balance)
        balance += amount
        rows.append(
            Trace(day, amount, digest, statement.format, balance, starts[day], day > first, first < day < last)
        )  # fmt: skip
    return rows


def unknown(known: Sequence[Trace], coming: Sequence[Trace]) -> list[int]:
    """The places of those of one day's coming entries that are none of its known ones."""
    left = set(range(len(coming)))
    free = set(range(len(known)))

    def pair(key: Callable[[Trace], Hashable | None], fits: Callable[[Trace, Trace], bool]) -> None:
        by_key: dict[Hashable, list[int]] = defaultdict(list)
        for place in sorted(free):
            if (found := key(known[place])) is not None:
                by_key[found].append(place)
        for place in sorted(left):
            candidates = by_key.get(key(coming[place]), [])
            match = next((one for one in candidates if one in free and fits(known[one], coming[place])), None)
            if match is not None:
                free.discard(match)
                left.discard(place)

    pair(_said_and_balance, lambda a, b: True)
    pair(lambda t: (t.amount_minor, t.digest), _may_be_same)
    # Another format says the same in other words, and joins what is one entry here.
    pair(_amount_and_balance, lambda a, b: a.format != b.format)
    pair(lambda t: t.amount_minor, lambda a, b: a.format != b.format and _may_be_same(a, b))
    return sorted(left)


def _said_and_balance(trace: Trace) -> Hashable | None:
    return None if trace.balance_minor is None else (trace.amount_minor, trace.digest, trace.balance_minor)


def _amount_and_balance(trace: Trace) -> Hashable | None:
    return None if trace.balance_minor is None else (trace.amount_minor, trace.balance_minor)


def _may_be_same(known: Trace, coming: Trace) -> bool:
    """Whether the two files may have had the same piece of the day, so that equal entries are counted."""
    if known.balance_minor is None or coming.balance_minor is None or known.whole or coming.whole:
        return True
    if known.starts_minor == coming.starts_minor:
        return True
    return known.has_start and coming.has_start
