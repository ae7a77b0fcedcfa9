"""`kontor reproject OWNER`: what was derived from immutable content is derived again, so that a new field reaches what is old.

In an edge's container: `python -m kontor_edge.reproject OWNER`.
"""

import asyncio
from contextlib import AsyncExitStack

import click

from kontor_service.client import ServiceClient
from kontor_service.services import edges, services
from kontor_service.settings import ServiceSettings
from kontor_service.tokens import TokenSource


@click.command("reproject")
@click.argument("owner")
@click.option("--edge", envvar="KONTOR_SERVICE", default="gateway", show_default=True, type=click.Choice(edges()),
              help="In whose name the owner is asked. Settings come from its own environment.")  # fmt: skip
@click.option("--after", default="", help="Go on behind this position, as an earlier run printed it.")
def reproject(owner: str, edge: str, after: str) -> None:
    """Asks OWNER batch by batch. It can be ended and started again at any time: what is right already stays as it is."""
    asyncio.run(_run(services()[edge](), owner, after))


async def _run(settings: ServiceSettings, owner: str, after: str) -> None:
    async with AsyncExitStack() as stack:
        source = TokenSource(settings)
        stack.push_async_callback(source.close)
        client = await stack.enter_async_context(ServiceClient(settings.url_of(owner), timeout=60.0))
        seen = changed = missing = 0
        done = False
        while not done:
            token = await source.service(owner)
            answer = await client.request("POST", "/v1/reprojections", token=token, json={"after": after})
            batch = answer.json()
            seen, changed, missing = seen + batch["seen"], changed + batch["changed"], missing + batch["missing"]
            after, done = batch["position"], batch["done"]
            click.echo(f"{seen} looked at, {changed} changed, {missing} without content, position {after}")


if __name__ == "__main__":
    reproject(prog_name="python -m kontor_edge.reproject")
