"""What a feature brings to an edge. The edge's `features.py` lists its own; page packages of owners are found by their name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module, resources
from importlib.util import find_spec
from itertools import chain
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.routing import BaseRoute

from kontor_edge.content import ContentSource
from kontor_edge.shape import Shape
from kontor_edge.view import View

# More than these are counted as so many and a plus.
COUNT_CAP = 1000


@dataclass(frozen=True)
class Section:
    """An entry of the portal's navigation.

    `shown` and `count` (beside the label; none for 0) are SQL about the session `s`. Every page asks for them: they want
    an index. While something is counted the start page says `waiting`, with a button `action` (else `label`) to
    `action_path` (else `path`). The words are msgids, marked with N_. `page_counts`: its own page may count by itself.
    """

    name: str
    label: str
    path: str
    shown: str = "true"
    count: str = "0"
    waiting: str = ""
    action: str = ""
    action_path: str = ""
    page_counts: bool = False

    def entry(self, *, on_its_page: bool = False) -> str:
        """SQL that answers this entry as JSON text, NULL where it is not shown; without count for a page that counts."""
        count = "'null'" if on_its_page and self.page_counts else f"({self.count})"
        fields = {"name": self.name, "label": self.label, "path": self.path, "waiting": self.waiting}
        fields |= {"action": self.action or self.label, "action_path": self.action_path or self.path}
        fixed = orjson.dumps(fields).decode()[:-1].replace("'", "''")
        return f"""CASE WHEN {self.shown} THEN '{fixed},"count":' || {count} || '}}' END"""


@dataclass(frozen=True)
class Menu:
    """An entry of staff's menu, for those who have the right (empty: for all). `waiting`: what is counted beside it, as the
    rest of a FROM clause; the merchant is `who.merchant_id`. Every page asks for it: it wants an index."""

    url: str
    label: Callable[[], str]
    waiting: str = ""
    right: str = ""


@dataclass(frozen=True)
class Panel:
    """A piece of another feature's page, for staff who have the right. `call` is the SQL that answers its JSON; the page
    puts `{merchant}`, `{today}` and what it is about (`{id}`) in. The template shows it as `panel`; NULL shows nothing."""

    page: str
    call: str
    template: str
    right: str


@dataclass(frozen=True)
class Feature:
    """`views` are the tables of the copy; `indexes`, `parts` and `functions` SQL about them: `parts` are functions that
    others' pages call, `functions` the pages' own (see shape.py).

    `routers` are APIs and pages with an address of their own, `portal` the pages under a merchant's name, which are tried
    last because they begin with any name; `hot` routes are tried before all others. `secret_paths`: where addresses have a
    secret in them. `sections` and `menu` are entries of the navigation, which stand in the `order` of their features.

    `content` is what is fetched from its owner by its hash, for one feature of an edge.

    `package` has the feature's `templates`, `static` and `locale`, where they are not the edge's own. `globals` are what
    templates may call, `scopes` what API keys may do there.
    """

    name: str
    order: int = 100
    package: str = ""
    views: tuple[View, ...] = ()
    indexes: str = ""
    parts: str = ""
    functions: tuple[str, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    portal: tuple[APIRouter, ...] = ()
    hot: tuple[BaseRoute, ...] = ()
    sections: tuple[Section, ...] = ()
    menu: Menu | None = None
    panels: tuple[Panel, ...] = ()
    secret_paths: tuple[str, ...] = ()
    content: ContentSource | None = None
    globals: Mapping[str, Any] = field(default_factory=dict)
    scopes: Mapping[str, str] = field(default_factory=dict)


def sql(package: str | None, path: str) -> str:
    """A file of a package, e.g. `sql(__package__, "sql/board.sql")`."""
    return resources.files(package or "").joinpath(path).read_text()


def collect_features(own: Iterable[Feature], place: str) -> tuple[Feature, ...]:
    """An edge's own features and those of all page packages for this place (`portal`, `admin`), in their order.

    A page package is an installed `kontor_<owner>_pages`; its `<place>` module or package has the FEATURE, or several FEATURES.
    """
    packages = sorted(m.name for m in iter_modules() if m.name.startswith("kontor_") and m.name.endswith("_pages"))
    modules = [f"{package}.{place}" for package in packages]
    found = [_features(import_module(module)) for module in modules if find_spec(module)]
    return tuple(sorted([*own, *chain(*found)], key=lambda feature: feature.order))


def _features(module: ModuleType) -> tuple[Feature, ...]:
    several: tuple[Feature, ...] | None = getattr(module, "FEATURES", None)
    return several or (module.FEATURE,)


def shape_of(edge: str, features: Iterable[Feature], marks: Mapping[str, str] | None = None) -> Shape:
    """The shape of an edge's copy, put together from what its features bring. `marks`: what words in braces in their SQL
    stand for, besides {sections}, {page_sections}, {waiting} and {cap}."""
    features = tuple(features)
    texts = _joined([*(feature.parts for feature in features), *(f for feature in features for f in feature.functions)])
    known = {
        "cap": str(COUNT_CAP), "waiting": _waiting(features),
        "sections": _sections(features), "page_sections": _sections(features, on_their_pages=True),
    }  # fmt: skip
    for mark, meaning in (known | dict(marks or {})).items():
        texts = texts.replace(f"{{{mark}}}", meaning)
    return Shape(
        edge=edge,
        views=tuple(view for feature in features for view in feature.views),
        indexes=_joined([feature.indexes for feature in features]),
        functions=texts,
        page_role=f"kontor_{edge}",
    )


def panels(features: Iterable[Feature], page: str, **words: str) -> str:
    """What features show on a page of another one, as arguments of json_build_object; `r` is who reads."""
    asked = ((f.name, panel) for f in features for panel in f.panels if panel.page == page)
    return ", ".join(
        f"'{name}', CASE WHEN (r.session -> 'rights')::jsonb ? '{panel.right}' THEN {panel.call.format(**words)} END"
        for name, panel in asked
    )


def _sections(features: tuple[Feature, ...], *, on_their_pages: bool = False) -> str:
    """The entries of the portal's navigation, as arguments of concat_ws."""
    sections = (section for feature in features for section in feature.sections)
    return ",\n            ".join(section.entry(on_its_page=on_their_pages) for section in sections)


def _waiting(features: tuple[Feature, ...]) -> str:
    """What is counted beside the entries of staff's menu, as arguments of json_build_object."""
    return ",\n            ".join(
        f"'{f.name}', (SELECT count(*) FROM (SELECT FROM {f.menu.waiting} LIMIT {COUNT_CAP}) capped)"
        for f in features
        if f.menu and f.menu.waiting
    )


def _joined(texts: Iterable[str]) -> str:
    return ";\n".join(text.strip().rstrip(";") for text in texts if text.strip())
