"""`kontor ingest-user`: the access of one other system to the vhost `ingest`."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from kontor_bus.ingest.topology import VHOST
from kontor_bus.ingest.users import IngestUserError, IngestUsers

T = TypeVar("T")

_system = click.option("--system", default="", help="Name of the system, where a merchant connects several.")
_vhost = click.option("--vhost", default=VHOST, show_default=True)


@click.group("ingest-user")
def ingest_user() -> None:
    """Users with which other systems hand things in over RabbitMQ.

    KONTOR_RABBITMQ_API is the management API with an administrator's log-in: http://user:password@host:15672
    """


@ingest_user.command()
@click.argument("slug")
@_system
@_vhost
def add(slug: str, system: str, vhost: str) -> None:
    """Makes the user of the merchant SLUG with its rights and its queue of refusals; prints the password once."""
    user = _with_users(vhost, lambda users: users.add(slug, system))
    click.echo(f"user         {user.name}")
    click.echo(f"password     {user.password}")
    click.echo(f"vhost        {user.vhost}")
    click.echo(f"exchange     {user.exchange}")
    click.echo(f"routing keys {' '.join(user.routing_keys)}")
    click.echo(f"refused      {user.refused}")
    click.echo(f"Set the property user-id of every message to {user.name}.")


@ingest_user.command()
@click.argument("slug")
@_system
@_vhost
def remove(slug: str, system: str, vhost: str) -> None:
    """Removes the user and its queue of refusals; its connections end at once."""
    _with_users(vhost, lambda users: users.remove(slug, system))
    click.echo("removed")


def _with_users(vhost: str, work: Callable[[IngestUsers], Awaitable[T]]) -> T:
    api = os.environ.get("KONTOR_RABBITMQ_API")
    if not api:
        raise click.UsageError("KONTOR_RABBITMQ_API is not set: http://user:password@host:15672")

    async def run() -> T:
        async with IngestUsers(api, vhost=vhost) as users:
            return await work(users)

    try:
        return asyncio.run(run())
    except IngestUserError as reason:
        raise click.ClickException(str(reason)) from reason
