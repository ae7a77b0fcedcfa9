"""What a feature of the admin brings along. `features.py` lists them; nothing else needs to know of a new one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from fastapi import APIRouter

from kontor_edge import View

# More than these are counted as so many and a plus.
COUNT_CAP = 1000
_DIRECTIONS = (("asc", ">"), ("desc", "<"))


@dataclass(frozen=True)
class Menu:
    """An entry of the menu, for those who have the right (empty: for all). `waiting`: what is counted beside it, as the rest
    of a FROM clause; the merchant is `who.merchant_id`. Every page asks for it: it wants an index."""

    url: str
    label: Callable[[], str]
    waiting: str = ""
    right: str = ""


@dataclass(frozen=True)
class Panel:
    """A piece of another feature's page (`board`, `customer`), for those who have the right. `call` is the SQL that answers
    its JSON; a page puts `{merchant}`, `{today}` and what it is about (`{id}`) in. The template shows it as `panel`; NULL
    shows nothing."""

    page: str
    call: str
    template: str
    right: str


@dataclass(frozen=True)
class Feature:
    """`parts` are SQL functions that other features' pages call, `functions` the pages' own. `globals` are what its
    templates may call, `problems` what its owner's refusals mean (by code), `findings` what it says about fields (by how it
    begins to say it), `scopes` what API keys may do there, `mails` the kinds of
    mail about it (each code → words)."""

    name: str
    router: APIRouter
    menu: Menu | None = None
    views: tuple[View, ...] = ()
    indexes: str = ""
    parts: str = ""
    functions: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    globals: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, str] = field(default_factory=dict)
    mails: Mapping[str, str] = field(default_factory=dict)


def sql(path: str) -> str:
    """A file of this package, e.g. `sql/board.sql`."""
    return resources.files("kontor_admin").joinpath(path).read_text()


def per_order(text: str, sorts: Iterable[str]) -> tuple[str, ...]:
    """A list once per order: each walks along an index of its own."""
    return tuple(
        text.replace("{sort}", sort).replace("{direction}", direction).replace("{beyond}", beyond)
        for sort in sorts
        for direction, beyond in _DIRECTIONS
    )
