"""Finds the documents that a payment on a bank statement pays, and says why. Pure functions.

A number or reference decides, together with an amount that fits it: only that is `certain`. A known account, a similar name or an amount
alone are suggestions for somebody to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kontor.payments.v1.payments_pb2_codes import MatchCertainty, MatchReason
from kontor_payments.statements.names import name_words, similar
from kontor_payments.statements.numbers import Hit, fold, hits_in, without_overlaps

# More ways to add up discounts than these are not looked through.
_MOST_SUMS = 4096
# More documents of one amount say nothing.
_MOST_ALIKE = 200


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document that can be paid. `reduced` are what its cash discounts leave to pay, each with its last day; `instalment_minor` the
    next of its instalments."""

    document_id: UUID
    number: str
    reference: str
    currency: str
    unpaid_minor: int
    due_on: date | None = None
    customer_id: UUID | None = None
    customer_name: str = ""
    reduced: tuple[tuple[date, int], ...] = ()
    instalment_minor: int = 0

    def enough_on(self, day: date) -> int:
        """What settles it on that day."""
        return min([self.unpaid_minor, *(payable for until, payable in self.reduced if until >= day)])


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came."""

    amount_minor: int
    currency: str
    day: date
    texts: tuple[str, ...] = ()
    iban: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What of the money is for one document. `payment_id`: of a return, the payment that it takes back."""

    document_id: UUID
    document_number: str
    amount_minor: int
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The documents that a payment probably pays, how certain that is, and why. Empty: none was found."""

    certainty: MatchCertainty = MatchCertainty.NONE
    reasons: tuple[MatchReason, ...] = ()
    shares: tuple[Share, ...] = ()


@dataclass
class OpenItems:
    """All that a merchant's customers may pay, ready to be searched. `payers` are the customers who have paid from an account.
    `also` are further numbers for documents: those of reminders."""

    items: Sequence[OpenItem]
    payers: Mapping[str, frozenset[UUID]] = field(default_factory=dict)
    also: Mapping[str, Sequence[UUID]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_number: dict[str, list[int]] = defaultdict(list)
        self._by_amount: dict[tuple[str, int], list[int]] = defaultdict(list)
        self._by_customer: dict[UUID, list[int]] = defaultdict(list)
        places: dict[UUID, int] = {}
        for place, item in enumerate(self.items):
            places[item.document_id] = place
            for number in {fold(item.number), fold(item.reference)} - {""}:
                self._by_number[number].append(place)
            amounts = {item.unpaid_minor, item.instalment_minor, *(payable for _, payable in item.reduced)}
            for amount in amounts - {0}:
                self._by_amount[item.currency, amount].append(place)
            if item.customer_id:
                self._by_customer[item.customer_id].append(place)
        for number, documents in self.also.items():
            found = [places[one] for one in documents if one in places]
            if found:
                self._by_number.setdefault(fold(number), found)
        self._lengths = {len(number) for number in self._by_number}

    def named(self, received: Received) -> list[Hit[list[int]]]:
        """The numbers that stand in what the payer wrote; each text has places of its own."""
        found: list[Hit[list[int]]] = []
        shift = 0
        for text in received.texts:
            hits = hits_in(text, self._by_number, self._lengths)
            found.extend(Hit(hit.found, hit.start + shift, hit.end + shift, hit.weak) for hit in hits)
            shift += 2 * len(text) + 2
        return found

    def of(self, places: Iterable[int], currency: str) -> list[OpenItem]:
        return [item for place in places if (item := self.items[place]).currency == currency]

    def of_amount(self, received: Received) -> list[OpenItem]:
        """Those for which the amount is exactly enough, or an instalment."""
        found = self._by_amount.get((received.currency, received.amount_minor), [])
        return [item for place in found[:_MOST_ALIKE] if fits(item := self.items[place], received)]

    def of_customers(self, customers: Iterable[UUID], currency: str) -> list[OpenItem]:
        return self.of((place for one in customers for place in self._by_customer.get(one, ())), currency)


def fits(item: OpenItem, received: Received) -> MatchReason | None:
    """Why the amount fits the document; None if it does not."""
    amount = received.amount_minor
    if amount == item.unpaid_minor:
        return MatchReason.AMOUNT
    if any(payable == amount and until >= received.day for until, payable in item.reduced):
        return MatchReason.CASH_DISCOUNT
    return MatchReason.INSTALMENT if amount == item.instalment_minor else None


def propose(received: Received, items: OpenItems) -> Proposal:
    """The best answer: by number, else by whom it came from and its amount."""
    hits = items.named(received)
    chosen = without_overlaps(hits)
    if chosen:
        found = _by_number(received, items, chosen)
        if found.certainty == MatchCertainty.CERTAIN:
            return found
        # RE-1042 1 may be RE-10421, or RE-1042 and something else.
        for hit in hits:
            other = _by_number(received, items, [hit]) if hit not in chosen else None
            if other and other.certainty == MatchCertainty.CERTAIN:
                return other
        if found.shares:
            return found
    return _by_payer(received, items)


def _by_number(received: Received, items: OpenItems, hits: Sequence[Hit[list[int]]]) -> Proposal:
    places = dict.fromkeys(place for hit in hits for place in hit.found)
    named = items.of(places, received.currency)
    if not named:
        return Proposal()
    doubtful = all(hit.weak for hit in hits) or len({item.customer_id for item in named}) > 1
    certain = MatchCertainty.TO_CHECK if doubtful else MatchCertainty.CERTAIN
    if len(named) == 1:
        return _for_one(received, named[0], certain)
    return _for_several(received, named, certain)


def _for_one(received: Received, item: OpenItem, certain: MatchCertainty) -> Proposal:
    shares = (Share(item.document_id, item.number, received.amount_minor),)
    if reason := fits(item, received):
        return Proposal(certain, (MatchReason.NUMBER, reason), shares)
    return Proposal(MatchCertainty.TO_CHECK, (MatchReason.NUMBER, _misfit(item, received)), shares)


def _misfit(item: OpenItem, received: Received) -> MatchReason:
    if any(payable == received.amount_minor for _, payable in item.reduced):
        return MatchReason.LATE_DISCOUNT
    return MatchReason.PART_PAYMENT if received.amount_minor < item.unpaid_minor else MatchReason.OVERPAYMENT


def _for_several(received: Received, named: Sequence[OpenItem], certain: MatchCertainty) -> Proposal:
    """All of them together, some with their discount; else one of them alone; else the oldest first, as far as the money goes."""
    if (amounts := adding_up(named, received)) is not None:
        shares = tuple(Share(i.document_id, i.number, a) for i, a in zip(named, amounts, strict=True))
        discounted = any(a < i.unpaid_minor for i, a in zip(named, amounts, strict=True))
        reasons = (MatchReason.NUMBER, MatchReason.SUM, *((MatchReason.CASH_DISCOUNT,) if discounted else ()))
        return Proposal(certain, reasons, shares)
    alone = [item for item in named if fits(item, received)]
    if len(alone) == 1:
        one = _for_one(received, alone[0], MatchCertainty.TO_CHECK)
        return Proposal(one.certainty, (*one.reasons, MatchReason.ONE_OF_SEVERAL), one.shares)
    total = sum(item.unpaid_minor for item in named)
    reason = MatchReason.PART_PAYMENT if received.amount_minor < total else MatchReason.OVERPAYMENT
    return Proposal(MatchCertainty.TO_CHECK, (MatchReason.NUMBER, reason), _oldest_first(received.amount_minor, named))


def adding_up(named: Sequence[OpenItem], received: Received) -> list[int] | None:
    """An amount for each of the documents, its open amount or what a discount leaves of it, so that they are the sum received."""
    sums: dict[int, list[int]] = {0: []}
    for item in named:
        ways = {item.unpaid_minor, item.enough_on(received.day)}
        sums = {
            total + way: [*before, way] for total, before in sums.items() for way in sorted(ways)
            if total + way <= received.amount_minor
        }  # fmt: skip
        if not sums or len(sums) > _MOST_SUMS:
            return None
    return sums.get(received.amount_minor)


def _oldest_first(amount_minor: int, named: Sequence[OpenItem]) -> tuple[Share, ...]:
    """What is left over goes to the last one, where it is seen as overpaid."""
    shares: list[Share] = []
    for item in sorted(named, key=_by_age):
        part = min(amount_minor, item.unpaid_minor)
        amount_minor -= part
        if part:
            shares.append(Share(item.document_id, item.number, part))
    if amount_minor and shares:
        last = shares[-1]
        shares[-1] = Share(last.document_id, last.document_number, last.amount_minor + amount_minor)
    return tuple(shares)


def _by_age(item: OpenItem) -> tuple[date, str]:
    return item.due_on or date.max, item.number


def _by_payer(received: Received, items: OpenItems) -> Proposal:
    known = items.payers.get(received.iban, frozenset()) if received.iban else frozenset()
    alike = items.of_amount(received)
    if known and (theirs := [item for item in alike if item.customer_id in known]):
        return _suggest(received, theirs, MatchReason.ACCOUNT)
    words = name_words(received.name)
    if named := [item for item in alike if similar(words, name_words(item.customer_name))]:
        return _suggest(received, named, MatchReason.NAME)
    if known and (theirs := items.of_customers(known, received.currency)):
        return _of_customer(received, theirs)
    return _suggest(received, alike, None) if len(alike) == 1 else Proposal()


def _suggest(received: Received, items: Sequence[OpenItem], who: MatchReason | None) -> Proposal:
    """The oldest of those that fit."""
    item = min(items, key=_by_age)
    reason = fits(item, received) or MatchReason.AMOUNT
    reasons = [reason] if who is None else [who, reason]
    if len(items) > 1:
        reasons.append(MatchReason.ONE_OF_SEVERAL)
    share = Share(item.document_id, item.number, received.amount_minor)
    return Proposal(MatchCertainty.TO_CHECK, tuple(reasons), (share,))


def _of_customer(received: Received, theirs: Sequence[OpenItem]) -> Proposal:
    """All that a known payer owes, or a part of the only document."""
    ordered = sorted(theirs, key=_by_age)
    if (amounts := adding_up(ordered, received)) is not None:
        shares = tuple(Share(i.document_id, i.number, a) for i, a in zip(ordered, amounts, strict=True))
        return Proposal(MatchCertainty.TO_CHECK, (MatchReason.ACCOUNT, MatchReason.SUM), shares)
    if len(ordered) > 1 or received.amount_minor > ordered[0].unpaid_minor:
        return Proposal()
    share = Share(ordered[0].document_id, ordered[0].number, received.amount_minor)
    return Proposal(MatchCertainty.TO_CHECK, (MatchReason.ACCOUNT, MatchReason.PART_PAYMENT), (share,))
