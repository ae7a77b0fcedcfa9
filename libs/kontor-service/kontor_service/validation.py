"""Pydantic's findings as messages of the catalogs: what was expected in a field, by the finding's type, with an example."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from kontor_service.i18n import N_

# And halves of characters, which are no text in UTF-8.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BY_TYPE = {
    "missing": N_("This field is missing."),
    "extra_forbidden": N_("This field is not known."),
    "string_too_short": N_("At least %(min_length)s characters are needed here."),
    "string_too_long": N_("At most %(max_length)s characters are possible here."),
    "too_short": N_("At least %(min_length)s entries are needed here."),
    "too_long": N_("At most %(max_length)s entries are possible here."),
    "greater_than": N_("More than %(gt)s is expected here."),
    "greater_than_equal": N_("At least %(ge)s is expected here."),
    "less_than": N_("Less than %(lt)s is expected here."),
    "less_than_equal": N_("At most %(le)s is expected here."),
    "finite_number": N_("A number is expected here, for example 119.00."),
    "literal_error": N_("One of these is expected here: %(expected)s"),
    "enum": N_("One of these is expected here: %(expected)s"),
    "string_pattern_mismatch": N_("It contains characters that cannot be used."),
    "decimal_max_places": N_("At most %(decimal_places)s decimals are possible here."),
    "timezone_aware": N_("A point in time needs its time zone, for example 2026-11-27T08:30:00+01:00."),
}
# A pattern says nothing to people: those that stand for something known have an example.
_BY_PATTERN = {
    "^[A-Z]{3}$": N_("A currency is expected here, for example EUR."),
    "^([A-Z]{2})?$": N_("A country is expected here by its two letters, for example DE."),
}
# By the first word of the type: date_parsing, date_type, …
_BY_FAMILY = {
    "date": N_("A date is expected here, for example 2026-11-27."),
    "datetime": N_("A point in time is expected here, for example 2026-11-27T08:30:00+01:00."),
    "decimal": N_("A number is expected here, for example 119.00."),
    "float": N_("A number is expected here, for example 119.00."),
    "int": N_("A whole number is expected here, for example 12."),
    "bool": N_("true or false is expected here."),
    "uuid": N_("An id is expected here, for example 01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de."),
    "string": N_('Text is expected here, for example "4711".'),
    "list": N_("A list is expected here, for example []."),
    "dict": N_("An object is expected here, for example {}."),
    "model": N_("An object is expected here, for example {}."),
    "json": N_("This is not JSON."),
}


def plain(value: str) -> str:
    """A text of several lines, without control characters, of which PostgreSQL takes no NUL and XML none."""
    if _CONTROL.search(value):
        raise wrong("control_characters", N_("It contains characters that cannot be used."))
    return value


def one_line(value: str) -> str:
    """Refuses line breaks: for names and other texts that become part of a mail header or a file name."""
    if "\n" in value or "\r" in value:
        raise wrong("line_breaks", N_("Line breaks are not possible here."))
    return plain(value)


def _ascii(value: Any) -> Any:
    """Refuses what Python would accept as a number beyond ASCII digits: digits of other scripts, and underscores."""
    if isinstance(value, str) and not (value.isascii() and "_" not in value):
        raise wrong("decimal_parsing", N_("A number is expected here, for example 119.00."))
    return value


Number = Annotated[Decimal, BeforeValidator(_ascii)]
# With a length of its own: Annotated[Line, StringConstraints(max_length=100)]
Text = Annotated[str, AfterValidator(plain)]
Line = Annotated[str, AfterValidator(one_line)]


def wrong(code: str, message: str, **params: Any) -> PydanticCustomError:
    """What a validator of ours raises: a stable code, and a message marked with N_."""
    return PydanticCustomError(code, message, params)


def expectation(error: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The message for one of pydantic's findings, and what fills it. A type that is not known here speaks for itself."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind in ("too_short", "too_long") and isinstance(error.get("input"), str):
        # A length that stands behind a validator is measured by another name.
        kind = f"string_{kind}"
    params = {name: _plain(value) for name, value in context.items() if isinstance(value, str | int | float | Decimal)}
    if "expected" in params:
        params["expected"] = str(params["expected"]).replace("'", "").replace(" or ", ", ")
    known = _BY_PATTERN.get(str(params.get("pattern"))) or _BY_TYPE.get(kind) or _BY_FAMILY.get(kind.partition("_")[0])
    message = known or str(error["msg"])
    return message.removeprefix("Value error, "), params


def field_path(location: tuple[str | int, ...]) -> str:
    """('body', 'lines', 2, 'net') → lines[2].net; which branch of a union was tried is no part of the path."""
    parts = location[1:] if location and location[0] in ("body", "query", "path", "header") else location
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts if not _is_branch(part))
    return path.lstrip(".")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _is_branch(part: str | int) -> bool:
    """Pydantic names branches like `literal['']` and `function-after[_iban(), constrained-str]`."""
    return isinstance(part, str) and (part.endswith("]") or part in ("str", "constrained-str"))
