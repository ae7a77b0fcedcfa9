"""Moves discounts to other tax rates where the lines that they were taken off are no longer chosen. Pure functions."""

from collections.abc import Sequence
from decimal import Decimal

from kontor_documents.content.model import AllowanceCharge, DocumentData
from kontor_documents.einvoice.totals import ZERO, TaxKey, round_amount, tax_key, taxable_amounts


def move_surplus(before: DocumentData, after: DocumentData) -> DocumentData:
    """`after` without a taxable amount below zero that `before` did not have, as long as their sum is not below zero.

    What a fixed discount takes off a rate beyond its lines is taken off the other rates, in proportion to what is left of
    them: as entries of their own with the same reason. The sum of the discounts stays.
    """
    entries = after.allowances_charges
    if not entries:
        return after
    bases, known = taxable_amounts(after), taxable_amounts(before)
    missing = {key: -base for key, base in bases.items() if base < min(known.get(key, ZERO), ZERO)}
    if not missing or sum(bases.values(), ZERO) < 0:
        return after
    surplus = _surplus(entries, missing)
    kept = [
        entry if not part else _fixed(entry, entry.amount - part)
        for entry, part in zip(entries, surplus, strict=True)
        if not part or entry.amount > part
    ]
    for entry, part in zip(entries, surplus, strict=True):
        if part:
            kept += _shares(entry, part, _positive(after, kept), after.currency)
    return after.model_copy(update={"allowances_charges": kept})


def _surplus(entries: Sequence[AllowanceCharge], missing: dict[TaxKey, Decimal]) -> list[Decimal]:
    """What has to go of each entry so that nothing is missing; of fixed amounts before percentages."""
    parts, wanted = [ZERO] * len(entries), dict(missing)
    for place in sorted(range(len(entries)), key=lambda place: entries[place].percent is not None):
        entry = entries[place]
        key = tax_key(entry.tax_category or "S", entry.tax_rate)
        if not entry.charge and key in wanted:
            parts[place] = max(min(entry.amount, wanted[key]), ZERO)
            wanted[key] -= parts[place]
    return parts


def _positive(data: DocumentData, entries: Sequence[AllowanceCharge]) -> dict[TaxKey, Decimal]:
    bases = taxable_amounts(data.model_copy(update={"allowances_charges": list(entries)}))
    return {key: base for key, base in bases.items() if base > 0}


def _shares(
    entry: AllowanceCharge, amount: Decimal, bases: dict[TaxKey, Decimal], currency: str
) -> list[AllowanceCharge]:
    """The amount on all rates, in proportion to their bases. Each share begins where the rounded ones before it end, so that
    they come to the amount exactly and none is more than its base."""
    whole, reached, given = sum(bases.values(), ZERO), ZERO, ZERO
    shares = []
    for key, base in bases.items():
        reached += base
        share = (amount if reached == whole else round_amount(amount * reached / whole, currency)) - given
        given += share
        if share:
            shares.append(_fixed(entry, share).model_copy(update={"tax_category": key.category, "tax_rate": key.rate}))
    return shares


def _fixed(entry: AllowanceCharge, amount: Decimal) -> AllowanceCharge:
    """No percentage says any more how it came about."""
    return entry.model_copy(update={"amount": amount, "percent": None, "base_amount": None})
