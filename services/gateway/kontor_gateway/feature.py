"""What a feature brings to the gateway. `features.py` lists them; nothing else needs to know of a new one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.routing import BaseRoute

from kontor_edge import View


@dataclass(frozen=True)
class Section:
    """An entry of the portal's navigation.

    `shown` and `count` (beside the label; none for 0) are SQL about the session `s`. Every page asks for them: they want
    an index. `waiting` stands on the start page while something is counted. `label` and it are msgids, marked with N_.
    """

    name: str
    label: str
    path: str
    shown: str = "true"
    count: str = "0"
    waiting: str = ""

    @property
    def entry(self) -> str:
        """SQL that answers this entry as JSON text, NULL where it is not shown."""
        said = {"name": self.name, "label": self.label, "path": self.path, "waiting": self.waiting}
        fixed = orjson.dumps(said).decode()[:-1].replace("'", "''")
        return f"""CASE WHEN {self.shown} THEN '{fixed},"count":' || ({self.count}) || '}}' END"""


@dataclass(frozen=True)
class Feature:
    """`views` are the tables of the copy; `indexes` and `functions` SQL about them (see kontor-edge).

    `routers` are APIs and doors with an address of their own, `portal` the pages under a merchant's name, which are tried
    last because they begin with any name. `hot` routes are tried before all others. `globals` are what templates may call.
    `secret_paths`: where addresses have a secret in them.
    """

    views: tuple[View, ...] = ()
    indexes: str = ""
    functions: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    portal: tuple[APIRouter, ...] = ()
    hot: tuple[BaseRoute, ...] = ()
    globals: Mapping[str, Any] = field(default_factory=dict)
    secret_paths: tuple[str, ...] = ()


def sql(feature: str, name: str) -> str:
    """`<feature>/sql/<name>.sql`"""
    return resources.files(__package__).joinpath(feature, "sql", f"{name}.sql").read_text()
