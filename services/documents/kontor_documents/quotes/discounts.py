"""Recomputes percentage discounts and charges after the lines have changed. Pure functions; fixed amounts stay
(fixed_discounts.py moves them between tax rates)."""

from collections.abc import Sequence
from decimal import Decimal

from kontor_documents.content.model import AllowanceCharge, DocumentData
from kontor_documents.einvoice.totals import ZERO, TaxKey, counted, net_of, round_amount, tax_key

_HUNDRED = Decimal(100)
Nets = dict[TaxKey, Decimal]


def rescaled(entry: AllowanceCharge, before: Decimal, after: Decimal, currency: str) -> AllowanceCharge:
    """An entry of so many percent of `before`, now of `after`; any other stays."""
    if entry.percent is None or _percentage(before, entry.percent, currency) != entry.amount:
        return entry
    return _percent_of(entry, after, currency)


def document_entries(before: DocumentData, after: DocumentData) -> list[AllowanceCharge]:
    """The document's entries for the lines that count now.

    What was so many percent of everything is so again, with one entry for each tax rate that is chosen. What was of one
    rate follows the lines of that rate, and goes with the last of them.
    """
    old, new = _nets(before), _nets(after)
    if old == new:
        return before.allowances_charges
    found: list[AllowanceCharge] = []
    settled: list[AllowanceCharge] = []
    for entry in before.allowances_charges:
        if any(entry is one for one in settled):
            continue
        alike = [one for one in before.allowances_charges if _kind(one) == _kind(entry)]
        if _is_of_everything(alike, old, before.currency):
            settled += alike
            found += _split(alike, new, before.currency)
        else:
            found += _of_its_rate(entry, old, new, before.currency)
    return found


def _nets(data: DocumentData) -> Nets:
    """What the lines that count come to, for each tax rate that they have."""
    nets: Nets = {}
    for line in counted(data):
        key = tax_key(line.tax_category, line.tax_rate)
        nets[key] = nets.get(key, ZERO) + net_of(line, data.currency)
    return nets


def _is_of_everything(entries: Sequence[AllowanceCharge], nets: Nets, currency: str) -> bool:
    """Whether they are one entry of the whole, or one share of each rate. Nothing is taken off what is not positive."""
    percent = entries[0].percent
    if percent is None:
        return False
    if len(entries) == 1 and entries[0].amount == _percentage(sum(nets.values(), ZERO), percent, currency):
        return True
    shares = {key: part for key, net in nets.items() if net > 0 and (part := _percentage(net, percent, currency))}
    said = {_tax_key_of(entry): entry.amount for entry in entries if entry.amount}
    return said == shares and len({_tax_key_of(entry) for entry in entries}) == len(entries)


def _split(entries: Sequence[AllowanceCharge], nets: Nets, currency: str) -> list[AllowanceCharge]:
    known = {_tax_key_of(entry): entry for entry in entries}
    return [
        _percent_of(known.get(key, entries[0]), net, currency).model_copy(
            update={"tax_category": key.category, "tax_rate": key.rate}
        )
        for key, net in nets.items()
        if net > 0
    ]


def _of_its_rate(entry: AllowanceCharge, old: Nets, new: Nets, currency: str) -> list[AllowanceCharge]:
    key = _tax_key_of(entry)
    if entry.percent is None or entry.amount != _percentage(old.get(key, ZERO), entry.percent, currency):
        return [entry]
    return [_percent_of(entry, new[key], currency)] if new.get(key, ZERO) > 0 else []


def _percent_of(entry: AllowanceCharge, base: Decimal, currency: str) -> AllowanceCharge:
    amount = _percentage(base, entry.percent or ZERO, currency)
    return entry.model_copy(update={"amount": amount, "base_amount": None if entry.base_amount is None else base})


def _percentage(base: Decimal, percent: Decimal, currency: str) -> Decimal:
    return round_amount(base * percent / _HUNDRED, currency)


def _tax_key_of(entry: AllowanceCharge) -> TaxKey:
    return tax_key(entry.tax_category or "S", entry.tax_rate)


def _kind(entry: AllowanceCharge) -> tuple[bool, Decimal | None, str, str]:
    return entry.charge, entry.percent, entry.reason, entry.reason_code
