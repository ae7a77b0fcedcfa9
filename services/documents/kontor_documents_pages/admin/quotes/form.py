"""What is typed about a quote: its lines as rows that can be added, moved and taken away without scripts.

Fields are named as documents names them in what it finds: lines[0].net_price.
"""

from itertools import takewhile
from typing import Any

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod
from kontor_documents_pages.chosen_files import MOST_FILES
from kontor_service.i18n import reader
from kontor_web import Form

# Each row has some fourteen fields, and a form at most two thousand.
MOST_LINES = 100
LINE = (
    "id", "name", "description", "quantity", "unit", "net_price", "tax", "discount", "choice", "group", "alternative",
    "quantity_min", "quantity_max",
)  # fmt: skip
# What a new row takes over from the one above it.
_REPEATED = ("unit", "tax", "group")
_EMPTY = dict.fromkeys(LINE, "") | {"quantity": "1", "unit": "C62", "tax": "S:19", "choice": "fixed"}
# How a line is offered: code → (optional, selected, one of an alternative).
CHOICES = {
    "fixed": (False, False, False),
    "ticked": (True, True, False),
    "unticked": (True, False, False),
    "preselected": (False, True, True),
    "alternative": (False, False, True),
}
UNITS = ("C62", "HUR", "DAY", "LS", "MTR", "MTK", "MTQ", "KGM", "LTR", "KMT", "MON", "SET")
TAXES = ("S:19", "S:7", "E:0", "AE:0")
# Buttons that change no rows and save nothing.
_SHOWN_AGAIN = ("totals", "attach", "detach")
ACCEPTANCE = tuple(AcceptanceMethod)


def rows_of(form: Form) -> list[str]:
    """Where each line's fields begin."""
    rows = (f"lines[{number}]" for number in range(MOST_LINES))
    return list(takewhile(lambda row: f"{row}.name" in form.values, rows))


def row_values(form: Form, row: str) -> dict[str, str]:
    return {name: form.value(f"{row}.{name}") for name in LINE}


def fields_of_rows(lines: list[dict[str, str]]) -> dict[str, Any]:
    """Rows as fields of the form."""
    return {f"lines[{number}].{name}": value for number, line in enumerate(lines) for name, value in line.items()}


def replace_rows(form: Form, lines: list[dict[str, str]]) -> None:
    others = {name: value for name, value in form.values.items() if not name.startswith("lines[")}
    form.values = others | Form.of(fields_of_rows(lines)).values


def apply_row_button(form: Form) -> bool:
    """Does what the buttons beside rows ask for (`do` = add, remove-1, up-1); whether a button was pressed after which the
    form is only shown again.

    Otherwise rows in which nothing was typed are taken away, so that a finding's row is the row that is shown.
    """
    asked, _dash, number = form.value("do").partition("-")
    lines = [row_values(form, row) for row in rows_of(form)]
    place = int(number) if number.isascii() and number.isdigit() else 0
    if asked == "add" and len(lines) < MOST_LINES:
        lines.append(_EMPTY | ({name: lines[-1][name] for name in _REPEATED} if lines else {}))
    elif asked == "remove" and place < len(lines):
        del lines[place]
    elif asked == "up" and 0 < place < len(lines):
        lines[place - 1], lines[place] = lines[place], lines[place - 1]
    elif asked not in _SHOWN_AGAIN:
        asked = ""
        lines = [line for line in lines if line["name"].strip() or line["net_price"].strip()]
    replace_rows(form, lines or [_EMPTY])
    return bool(asked)


def first_row() -> dict[str, Any]:
    """The row that an empty quote begins with."""
    return fields_of_rows([_EMPTY])


def has_room(form: Form) -> bool:
    return len(rows_of(form)) < MOST_LINES


def typed_values(form: Form, name: str) -> list[str]:
    """What the rows have in this field so far, to choose from while typing."""
    return sorted({form.value(f"{row}.{name}").strip() for row in rows_of(form)} - {""})


def language() -> str:
    """Whose marks the numbers of the form have."""
    return reader().language


def field_names(form: Form) -> dict[str, str]:
    """Which field of the form is meant where documents speaks of another one."""
    found = {
        "customer_number": "customer_number", "lines": "rows", "selection": "rows", "allowances_charges": "discount",
        "allowances_charges[0].amount": "discount", "acceptance": "acceptance", "issue_date": "valid_until",
        "responsible": "responsible.who", "attachments": "files", **{f"attachments[{number}]": "files" for number in range(MOST_FILES)},
    }  # fmt: skip
    for row in rows_of(form):
        extra = f"{row}.allowances_charges[0]"
        found |= {
            f"{row}.net": f"{row}.net_price", f"{row}.tax_rate": f"{row}.tax", f"{row}.tax_category": f"{row}.tax",
            f"{row}.optional": f"{row}.choice", f"{row}.selected": f"{row}.choice", f"{extra}.amount": f"{row}.discount",
            f"{extra}.percent": f"{row}.discount",
        }  # fmt: skip
    return found
