"""What operators do with an edge at hand: `kontor rebuild-views EDGE` builds a second generation of its copy while it serves, then
swaps it in; `kontor reproject OWNER` derives again what was derived from immutable content, so that a new field reaches what
is old. In an edge's container: `python -m kontor_edge rebuild-views EDGE`."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from importlib import import_module

import asyncpg
import click

from kontor_edge.copy import Views
from kontor_edge.rebuild import AskOwner, Rebuild, RebuildIncomplete
from kontor_edge.shape import Shape
from kontor_service.client import ServiceClient
from kontor_service.services import edges, services
from kontor_service.settings import ServiceSettings
from kontor_service.tokens import TokenSource

# A million documents take an hour.
_PATIENCE_SECONDS = 6 * 3600.0


@click.command("rebuild-views")
@click.argument("edge", type=click.Choice(edges()))
@click.option("--timeout", default=600.0, show_default=True, help="Seconds to wait for the owners' snapshots.")
def rebuild_views(edge: str, timeout: float) -> None:
    """Builds the copy of EDGE anew from the owners' snapshots. Settings come from the edge's own environment."""
    shape: Shape = import_module(f"kontor_{edge}.views").SHAPE
    try:
        asyncio.run(run(services()[edge](), shape, timeout))
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


@click.command("reproject")
@click.argument("owner")
@click.option("--edge", envvar="KONTOR_SERVICE", default="gateway", show_default=True, type=click.Choice(edges()),
              help="In whose name the owner is asked. Settings come from its own environment.")  # fmt: skip
def reproject(owner: str, edge: str) -> None:
    """Asks OWNER for all of it at once. It can be ended and started again at any time: what is right already stays as it is."""
    asyncio.run(_reproject(services()[edge](), owner))


async def _reproject(settings: ServiceSettings, owner: str) -> None:
    async with AsyncExitStack() as stack:
        source = TokenSource(settings)
        stack.push_async_callback(source.close)
        client = await stack.enter_async_context(ServiceClient(settings.url_of(owner), timeout=_PATIENCE_SECONDS))
        answer = await client.request("POST", "/v1/reprojections", token=await source.service(owner))
    click.echo("{seen} looked at, {changed} changed, {missing} without content".format(**answer.json()))


def owners(settings: ServiceSettings, source: TokenSource) -> AskOwner:
    """Asks owners over HTTP: POST {owner}/v1/snapshots → {"counts": {"documents.document": 12, …}}."""

    async def ask(owner: str) -> Mapping[str, int]:
        async with ServiceClient(settings.url_of(owner), timeout=60.0) as client:
            response = await client.request("POST", "/v1/snapshots", token=await source.service(owner))
        counts: dict[str, int] = response.json()["counts"]
        return counts

    return ask
