"""`kontor rebuild-views EDGE`: a second generation of an edge's copy, built while it serves, then swapped in."""

import asyncio
import importlib
from collections.abc import Mapping
from contextlib import AsyncExitStack

import asyncpg
import click

from kontor_edge.copy import Views
from kontor_edge.rebuild import AskOwner, Rebuild, RebuildIncomplete
from kontor_edge.shape import Shape
from kontor_service.client import ServiceClient
from kontor_service.services import edges
from kontor_service.settings import ServiceSettings
from kontor_service.tokens import TokenSource


@click.command("rebuild-views")
@click.argument("edge", type=click.Choice(edges()))
@click.option("--timeout", default=600.0, show_default=True, help="Seconds to wait for the owners' snapshots.")
def rebuild_views(edge: str, timeout: float) -> None:
    """Builds the copy of EDGE anew from the owners' snapshots. Settings come from the edge's own environment."""
    settings = importlib.import_module(f"kontor_{edge}.settings").Settings()
    shape: Shape = importlib.import_module(f"kontor_{edge}.views").SHAPE
    try:
        asyncio.run(run(settings, shape, timeout))
    except RebuildIncomplete as error:
        raise click.ClickException(f"Not all snapshots arrived, the old copy stays: {error}") from error


async def run(settings: ServiceSettings, shape: Shape, timeout: float) -> None:
    """The rebuild as the command does it. `settings` has copy_database_url beside what all services have."""
    async with AsyncExitStack() as stack:
        url: str = settings.copy_database_url.get_secret_value()  # type: ignore[attr-defined]
        pool = await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=2))
        source = TokenSource(settings)
        stack.push_async_callback(source.close)
        rebuild = Rebuild(Views(pool, shape), owners(settings, source), report=click.echo)
        await rebuild.run(timeout=timeout)


def owners(settings: ServiceSettings, source: TokenSource) -> AskOwner:
    """Asks owners over HTTP: POST {owner}/v1/snapshots → {"counts": {"documents.document": 12, …}}."""

    async def ask(owner: str) -> Mapping[str, int]:
        async with ServiceClient(settings.url_of(owner), timeout=60.0) as client:
            response = await client.request("POST", "/v1/snapshots", token=await source.service(owner))
        counts: dict[str, int] = response.json()["counts"]
        return counts

    return ask
