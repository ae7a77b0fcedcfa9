"""What is chosen of a quote's lines, and what that comes to. Pure: content in, content out.

A choice gives the same DocumentData with other lines selected and other quantities, and totals by the code that invoices are
computed by (einvoice/totals.py).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DecimalString, DocumentData, Line, Name, TaxExemption, TaxSubtotal
from kontor_documents.content.paying import asked_with_acceptance
from kontor_documents.einvoice.totals import ZERO, complete, counted, net_of, round_amount
from kontor_documents.errors import InvalidSelection
from kontor_documents.quotes.discounts import document_entries, rescaled
from kontor_documents.quotes.fixed_discounts import move_surplus
from kontor_service.errors import FieldError
from kontor_service.events import plain
from kontor_service.i18n import N_
from kontor_service.money import to_minor


class ChosenLine(BaseModel):
    """A line by its id in the content. `quantity` may be left out where it is not changed."""

    id: Name
    selected: bool = True
    quantity: DecimalString | None = None


Chosen = list[ChosenLine]
MAX_CHOSEN = 2_000


class SelectionInput(BaseModel):
    """Lines that are not named stay as the quote proposes them."""

    lines: Chosen = Field(default=[], max_length=MAX_CHOSEN)


def leaves_choice(line: Line) -> bool:
    return line.optional or bool(line.alternative) or line.quantity_min is not None or line.quantity_max is not None


def choose(data: DocumentData, chosen: Sequence[ChosenLine], *, field: str = "lines") -> DocumentData:
    """The quote with these lines chosen and its totals computed anew.

    Raises InvalidSelection naming each fault at its field: a line that is not there or leaves no choice, a quantity out of
    its bounds, none or two of one alternative, a total below nothing.
    """
    _refuse(list(_faults(data, chosen, field)))
    by_id = {one.id: one for one in chosen}
    taken = {line.alternative for line in data.lines if line.alternative and _picked(by_id.get(line.id))}
    lines = [_with_choice(line, by_id.get(line.id), line.alternative in taken, data.currency) for line in data.lines]
    _refuse(list(_unchosen(lines, field)))
    result = recomputed(data, lines)
    _refuse_negative(data, result, field)
    return result


def _refuse_negative(proposed: DocumentData, chosen: DocumentData, field: str) -> None:
    """A fixed discount can be more than what is left of the lines; a quote that is a credit as proposed may stay one."""
    before, after = proposed.totals, chosen.totals
    if before and after and any(getattr(after, one) < 0 <= getattr(before, one) for one in ("net", "gross", "due")):
        raise InvalidSelection(
            N_("With this choice the total would be less than nothing. Please choose more."),
            code="total_negative",
            field=field,
        )


def recomputed(data: DocumentData, lines: Sequence[Line]) -> DocumentData:
    """The document with these lines, and everything that follows from them computed anew; without lines it keeps what it says."""
    totals = data.totals
    if not lines:
        return data
    reasons = [
        TaxExemption(category=tax.category, reason=tax.exemption_reason, code=tax.exemption_code)
        for tax in data.tax_breakdown
        if tax.exemption_reason or tax.exemption_code
    ]
    changed = data.model_copy(
        update={
            "lines": list(lines), "totals": None, "tax_breakdown": [], "tax_exemptions": data.tax_exemptions or reasons,
            "prepaid": totals.prepaid if totals else data.prepaid, "rounding": totals.rounding if totals else data.rounding,
        }
    )  # fmt: skip
    settled = changed.model_copy(update={"allowances_charges": document_entries(data, changed)})
    return complete(move_surplus(data, settled))


def subtotals(data: DocumentData) -> dict[str, Decimal]:
    """The net sum of each group's lines that count, by the group's title, in order of appearance."""
    sums = {line.group: ZERO for line in data.lines if line.group}
    for line in counted(data):
        if line.group:
            sums[line.group] += net_of(line, data.currency)
    return sums


def selection_state(data: DocumentData, revision: int) -> dict[str, Any] | None:
    """What is chosen in this content, as the contract's Selection; None for other documents than quotes."""
    if data.type is not DocumentType.QUOTE or data.totals is None:
        return None
    return {
        "lines": [
            {
                "id": line.id,
                "selected": line.counts,
                "quantity": plain(line.quantity),
                "net_minor": to_minor(net_of(line, data.currency), data.currency),
            }
            for line in data.lines
            if leaves_choice(line)
        ],
        "net_minor": to_minor(data.totals.net, data.currency),
        "tax_minor": to_minor(data.totals.tax, data.currency),
        "gross_minor": to_minor(data.totals.gross, data.currency),
        "taxes": [_tax(tax, data.currency) for tax in data.tax_breakdown],
        "asked_minor": to_minor(asked_with_acceptance(data), data.currency),
        "revision": revision,
    }


def _tax(tax: TaxSubtotal, currency: str) -> dict[str, Any]:
    return {
        "category": tax.category,
        "rate": plain(tax.rate or ZERO),
        "taxable_minor": to_minor(tax.taxable_amount, currency),
        "tax_minor": to_minor(tax.tax_amount, currency),
        "exemption_reason": tax.exemption_reason,
    }


def chosen_of(selection: dict[str, Any] | None) -> Chosen:
    """The lines of a selection that was kept."""
    return [ChosenLine.model_validate(line) for line in (selection or {}).get("lines", ())]


def _picked(chosen: ChosenLine | None) -> bool:
    return chosen is not None and chosen.selected


def _with_choice(line: Line, chosen: ChosenLine | None, alternative_taken: bool, currency: str) -> Line:
    selected = line.selected if chosen is None else chosen.selected
    if chosen is None and alternative_taken:
        selected = False
    quantity = line.quantity if chosen is None or chosen.quantity is None else chosen.quantity
    if quantity == line.quantity:
        return line if selected == line.selected else line.model_copy(update={"selected": selected})
    return _with_quantity(line.model_copy(update={"selected": selected}), quantity, currency)


def _with_quantity(line: Line, quantity: Decimal, currency: str) -> Line:
    """With the net amount computed anew, and discounts in percent of what the line costs now."""
    price = (line.net_price or ZERO) / (line.price_base_quantity or Decimal(1))
    before, after = (round_amount(amount * price, currency) for amount in (line.quantity, quantity))
    entries = [rescaled(entry, before, after, currency) for entry in line.allowances_charges]
    return line.model_copy(update={"quantity": quantity, "net": None, "allowances_charges": entries})


def _faults(data: DocumentData, chosen: Sequence[ChosenLine], field: str) -> Iterator[FieldError]:
    known = {line.id: line for line in data.lines}
    seen: set[str] = set()
    alternatives: dict[str, int] = defaultdict(int)
    for index, one in enumerate(chosen):
        line, at = known.get(one.id), f"{field}[{index}]"
        if line is None or line.kind != "detail":
            yield _error(f"{at}.id", "line_unknown", N_("The quote has no line with this id."))
            continue
        if one.id in seen:
            yield _error(f"{at}.id", "line_twice", N_("This line is named twice."))
        seen.add(one.id)
        yield from _line_faults(line, one, at)
        if line.alternative and one.selected:
            alternatives[line.alternative] += 1
            if alternatives[line.alternative] > 1:
                yield _error(f"{at}.selected", "alternative_twice", _ONE_ALTERNATIVE)


def _line_faults(line: Line, one: ChosenLine, at: str) -> Iterator[FieldError]:
    if not one.selected and not line.optional and not line.alternative:
        yield _error(f"{at}.selected", "line_required", N_("This line is part of the quote and cannot be left out."))
    if one.quantity is None or one.quantity == line.quantity:
        return
    low, high = bounds(line)
    if not low <= one.quantity <= high:
        message = N_("A quantity from %(low)s to %(high)s can be chosen here.")
        if low == high:
            message = N_("The quantity of this line cannot be changed.")
        yield _error(f"{at}.quantity", "quantity_out_of_range", message, low=plain(low), high=plain(high))


def bounds(line: Line) -> tuple[Decimal, Decimal]:
    """The least and the most of a line that can be chosen."""
    low = line.quantity if line.quantity_min is None else line.quantity_min
    return low, line.quantity if line.quantity_max is None else line.quantity_max


_ONE_ALTERNATIVE = N_("Exactly one of these alternatives can be chosen.")


def _unchosen(lines: Sequence[Line], field: str) -> Iterator[FieldError]:
    chosen = {line.alternative for line in lines if line.alternative and line.selected}
    for name in dict.fromkeys(line.alternative for line in lines if line.alternative):
        if name not in chosen:
            yield _error(field, "alternative_missing", N_("Please choose one of the alternatives: %(name)s"), name=name)


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidSelection.of(errors[:50])


def _error(field: str, code: str, message: str, **params: str) -> FieldError:
    return {"field": field, "code": code, "message": message, "params": params}
