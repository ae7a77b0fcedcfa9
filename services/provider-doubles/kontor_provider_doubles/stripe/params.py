"""Requests as the published contract allows them: form-encoded, checked against the SDK's own TypedDicts.

The SDK types open lists of words as `Literal[…] | str`; here only the listed words are accepted, so that a word that
Stripe does not document is noticed.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin
from urllib.parse import parse_qsl

from stripe import _request_options
from typing_extensions import get_type_hints, is_typeddict

from kontor_provider_doubles.stripe.errors import StripeError, invalid

_OPTIONS = _request_options.RequestOptions.__annotations__.keys()
_NUMBERS = (int, float)


def checked(kind: type, encoded: str) -> dict[str, Any]:
    """The parameters, with their types. Raises StripeError for one that is unknown, missing or of another type."""
    found: dict[str, Any] = _dict(kind, _decoded(encoded), "")
    return found


def _decoded(encoded: str) -> dict[str, Any]:
    """`a[b][0]=c` is {"a": {"b": ["c"]}}; `a[]=c` appends."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        place, keys = tree, name.replace("]", "").split("[")
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        last = keys[-1] or str(len(place))
        place[last] = value
    return {key: _lists(value) for key, value in tree.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(part) for key, part in value.items()}
    return list(inner.values()) if inner and all(key.isdigit() for key in inner) else inner


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    names = {**vars(_request_options), **vars(sys.modules[kind.__module__]), "StripeContext": str}
    hints = get_type_hints(kind, names, include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in _OPTIONS}


def _dict(kind: type, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"Invalid object: {path}", param=path)
    hints = _hints(kind)
    for name in value:
        if name not in hints:
            where = _join(path, name)
            raise invalid(f"Received unknown parameter: {where}", param=where, code="parameter_unknown")
    for name, hint in hints.items():
        if get_origin(hint) is not NotRequired and name not in value:
            where = _join(path, name)
            raise invalid(f"Missing required param: {where}.", param=where, code="parameter_missing")
    return {name: _value(hints[name], part, _join(path, name)) for name, part in value.items()}


def _value(hint: Any, value: Any, path: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (NotRequired, Required):
        return _value(inner[0], value, path)
    if origin in (Union, UnionType):
        return _one_of(_choices(inner), value, path)
    if origin is Literal:
        if value not in inner:
            raise invalid(f"Invalid {path}: must be one of {', '.join(map(str, inner))}", param=path)
        return value
    if is_typeddict(hint):
        return _dict(hint, value, path)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        if not isinstance(value, list):
            raise invalid(f"Invalid array: {path}", param=path)
        return [_value(inner[0], part, f"{path}[{number}]") for number, part in enumerate(value)]
    return _map(value, path) if isinstance(origin, type) else _scalar(hint, value, path)


def _choices(kinds: tuple[Any, ...]) -> Iterator[Any]:
    """Without the `str` that keeps a list of words open, and without null, which no form can say."""
    closed = any(get_origin(kind) is Literal and kind != Literal[""] for kind in kinds)
    for kind in kinds:
        if kind is type(None) or (kind is str and closed):
            continue
        yield kind


def _one_of(kinds: Iterator[Any], value: Any, path: str) -> Any:
    error: StripeError | None = None
    for kind in kinds:
        try:
            return _value(kind, value, path)
        except StripeError as failed:
            error = failed
    assert error is not None
    raise error


def _map(value: Any, path: str) -> dict[str, str]:
    """Metadata: at most 50 keys of 40 characters with values of 500."""
    if not isinstance(value, dict) or len(value) > 50 or not all(isinstance(one, str) for one in value.values()):
        raise invalid(f"Invalid hash: {path}", param=path)
    if any(len(key) > 40 or len(one) > 500 for key, one in value.items()):
        raise invalid("Metadata keys can have up to 40 characters and values up to 500", param=path)
    return value


def _scalar(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {path}", param=path)
    if kind is bool:
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", param=path)
        return value == "true"
    if kind in _NUMBERS:
        try:
            return kind(value)
        except ValueError:
            raise invalid(f"Invalid integer: {value}", param=path, code="parameter_invalid_integer") from None
    return value


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
