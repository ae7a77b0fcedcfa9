"""What a quote leaves to its customer, as it is handed in: checked, and completed where one choice is meant. Pure."""

from collections.abc import Iterator

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, DocumentType
from kontor_documents.content.model import DocumentData, Line
from kontor_documents.errors import WrongOptions
from kontor_documents.quotes.selection import bounds, leaves_choice
from kontor_service.errors import FieldError
from kontor_service.i18n import N_

_MOST_FAULTS = 50
# What is chosen is carried on the bus, beside all that can be said of a quote until it is ordered.
_ROOM_FOR_CHOICES = 28 * 1024
_BYTES_BESIDE_ID = 44


def complete_options(data: DocumentData) -> DocumentData:
    """With the first line of each alternative selected where none is. Raises WrongOptions, naming each fault at its field."""
    faults = list(_faults(data))
    if faults:
        raise WrongOptions.of(faults[:_MOST_FAULTS])
    open_sets = {line.alternative for line in data.lines if line.alternative}
    open_sets -= {line.alternative for line in data.lines if line.selected}
    if not open_sets:
        return data
    lines = []
    for line in data.lines:
        first = line.alternative in open_sets
        open_sets.discard(line.alternative)
        lines.append(line.model_copy(update={"selected": True}) if first else line)
    return data.model_copy(update={"lines": lines})


def _faults(data: DocumentData) -> Iterator[FieldError]:
    if data.type is not DocumentType.QUOTE:
        yield from _only_quotes(data)
        return
    yield from _acceptance(data)
    yield from _too_many(data)
    ids = [line.id or str(number) for number, line in enumerate(data.lines, 1)]
    chosen: set[str] = set()
    for index, line in enumerate(data.lines):
        field = f"lines[{index}]"
        if leaves_choice(line):
            yield from _line(line, field)
            if ids.count(ids[index]) > 1:
                yield _error(f"{field}.id", "line_twice", N_("Another line of the quote has this id."))
        if line.alternative and line.selected:
            if line.alternative in chosen:
                yield _error(
                    f"{field}.selected", "alternative_twice", N_("Only one of these alternatives is selected.")
                )
            chosen.add(line.alternative)


def _too_many(data: DocumentData) -> Iterator[FieldError]:
    sizes = [len(line.id.encode()) + _BYTES_BESIDE_ID for line in data.lines if leaves_choice(line)]
    if sum(sizes) > _ROOM_FOR_CHOICES:
        yield _error("lines", "too_many_choices", N_("The quote leaves more lines to choose from than can be kept."))


def _only_quotes(data: DocumentData) -> Iterator[FieldError]:
    for index, line in enumerate(data.lines):
        if leaves_choice(line):
            name = next(n for n in ("optional", "alternative", "quantity_min", "quantity_max") if getattr(line, n))
            yield _error(f"lines[{index}].{name}", "only_quotes", N_("Only a quote leaves a choice."))
    for name in ("acceptance", "deposit_percent"):
        if getattr(data, name):
            yield _error(name, "only_quotes", N_("Only a quote is accepted."))


def _acceptance(data: DocumentData) -> Iterator[FieldError]:
    if {AcceptanceMethod.PAYMENT, AcceptanceMethod.DEPOSIT} <= set(data.acceptance):
        yield _error("acceptance", "payment_twice", N_("Either the whole is paid or a deposit."))
    if AcceptanceMethod.DEPOSIT in data.acceptance and data.deposit_percent is None:
        yield _error("deposit_percent", "missing", N_("A deposit needs its percentage."))


def _line(line: Line, field: str) -> Iterator[FieldError]:
    if line.kind != "detail":
        yield _error(f"{field}.kind", "no_choice", N_("Only a line that counts in the sum can be chosen."))
    if line.quantity_min is None and line.quantity_max is None:
        return
    low, high = bounds(line)
    if low < 0 or low > high:
        yield _error(f"{field}.quantity_min", "wrong_bounds", N_("The least quantity is not more than the most."))
    elif not low <= line.quantity <= high:
        yield _error(f"{field}.quantity", "quantity_out_of_range", N_("The quantity lies within its bounds."))
    if line.net_price is None:
        yield _error(f"{field}.net_price", "missing", N_("A line with a selectable quantity needs a price."))


def _error(field: str, code: str, message: str) -> FieldError:
    return {"field": field, "code": code, "message": message, "params": {}}
