"""Queries of the copy: one call of a SQL function, its arguments by name. The functions resolve merchant and rights."""

from functools import cache
from typing import Any

import asyncpg
import orjson
from fastapi import Request

from kontor_edge.edge import edge_of
from kontor_service.errors import Unavailable
from kontor_service.i18n import N_


class IdentitySilent(Unavailable):
    """Identity has not been heard for five minutes: nobody could have told us of a revoked session."""

    code, title = "identity_silent", N_("Access cannot be checked right now.")
    for_people = True


async def call_view(request: Request, function: str, /, **arguments: Any) -> asyncpg.Record | None:
    """The first row that a function of the copy answers. Raises Unavailable where the database does not answer."""
    edge = edge_of(request)
    try:
        statement = _statement(edge.views.functions, function, tuple(arguments))
        return await edge.reads.call(statement, *arguments.values())
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
        raise Unavailable(type(error).__name__, code="database_unavailable") from error


@cache
def _statement(schema: str, function: str, names: tuple[str, ...]) -> str:
    arguments = ", ".join(f"{name} => ${number}" for number, name in enumerate(names, 1))
    return f"SELECT * FROM {schema}.{function}({arguments})"


def loads(value: str | None, otherwise: Any = None) -> Any:
    """JSON of the copy; `otherwise` for NULL."""
    return orjson.loads(value) if value else otherwise


def loads_all(texts: list[str] | None) -> list[dict[str, Any]]:
    """Entries of a list, none for NULL."""
    return [orjson.loads(text) for text in texts or ()]
