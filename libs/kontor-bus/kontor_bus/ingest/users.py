"""`kontor ingest-user`: the access of other systems to the vhost `ingest`, through RabbitMQ's management HTTP API.

The API instead of rabbitmqctl: it works from wherever Kontor runs, needs no Erlang cookie, and is the same for a
package, a container and a hosted broker.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import click
import httpx

from kontor_bus.ingest.topology import EXCHANGE, KINDS, REFUSED_LENGTH, VHOST, merchant_of, refused_queue
from kontor_bus.rabbitmq.topology import bounded_arguments

_NAME = re.compile(r"[a-z0-9-]+")


class IngestUserError(click.ClickException):
    """The user could not be made or removed; the message says why."""


@dataclass(frozen=True, slots=True)
class IngestUser:
    """What a connected system needs to publish. The password is not kept anywhere else."""

    name: str
    password: str
    vhost: str
    exchange: str
    routing_keys: tuple[str, ...]
    refused: str


def add_user(api: str, merchant: str, system: str = "", *, vhost: str = VHOST) -> IngestUser:
    """Makes the user, or gives an existing one a new password; rights and queue are the same afterwards.

    `api` is the management API's address with an administrator's log-in: http://user:password@host:15672
    """
    name, password = _user_name(merchant, system), secrets.token_urlsafe(24)
    refused, user, place = refused_queue(name), quote(name, safe=""), quote(vhost, safe="")
    with _management(api) as call:
        _refuse_foreign(call, name, vhost)
        call("PUT", f"vhosts/{place}", {})
        call("PUT", f"users/{user}", {"password": password, "tags": ""})
        # Nothing to configure, one exchange to write to, one queue to read from.
        rights = {"configure": "^$", "write": f"^{EXCHANGE}$", "read": f"^{re.escape(refused)}$"}
        call("PUT", f"permissions/{place}/{user}", rights)
        # Whatever kind: what an owner takes one day is open to the systems that are connected already.
        topics = {"exchange": EXCHANGE, "write": rf"^[a-z0-9-]+\.{re.escape(merchant)}$", "read": "^$"}
        call("PUT", f"topic-permissions/{place}/{user}", topics)
        queue = {"durable": True, "arguments": bounded_arguments(REFUSED_LENGTH)}
        call("PUT", f"queues/{place}/{quote(refused, safe='')}", queue)
    return IngestUser(name, password, vhost, EXCHANGE, tuple(f"{kind}.{merchant}" for kind in KINDS), refused)


def remove_user(api: str, merchant: str, system: str = "", *, vhost: str = VHOST) -> None:
    """The user, its rights and its queue of refusals; its connections are closed by the broker."""
    name = _user_name(merchant, system)
    with _management(api) as call:
        _refuse_foreign(call, name, vhost)
        if call("DELETE", f"users/{quote(name, safe='')}").status_code == httpx.codes.NOT_FOUND:
            raise IngestUserError(f"there is no user {name}")
        call("DELETE", f"queues/{quote(vhost, safe='')}/{quote(refused_queue(name), safe='')}")


Call = Callable[..., httpx.Response]


@contextmanager
def _management(api: str) -> Iterator[Call]:
    address = httpx.URL(api)
    plain, login = address.copy_with(username=None, password=None), (address.username, address.password)

    def call(method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """Calls the API and returns the answer, also a 404. Raises IngestUserError for every other error."""
        try:
            answer = client.request(method, f"/api/{path}", json=body)
        except httpx.HTTPError as lost:
            raise IngestUserError(f"RabbitMQ's management API cannot be reached: {lost}") from lost
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise IngestUserError("RabbitMQ's management API refuses the log-in; it wants an administrator's")
        if answer.is_error and (method == "PUT" or answer.status_code != httpx.codes.NOT_FOUND):
            raise IngestUserError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    with httpx.Client(base_url=plain, auth=login, timeout=15.0) as client:
        yield call


def _refuse_foreign(call: Call, name: str, vhost: str) -> None:
    """Raises IngestUserError if the user exists and does not belong to a connected system, even if its name looks like one."""
    answer = call("GET", f"users/{quote(name, safe='')}/permissions")
    rights = [] if answer.status_code == httpx.codes.NOT_FOUND else answer.json()
    if any(right["vhost"] != vhost or right["configure"] != "^$" for right in rights):
        raise IngestUserError(f"the user {name} exists and is no connected system's")


def _user_name(merchant: str, system: str) -> str:
    """`<slug>` or `<slug>.<system>`."""
    for label, part in (("merchant", merchant), ("system", system)):
        if not _NAME.fullmatch(part) and (part or label == "merchant"):
            raise IngestUserError(f"{label}: {part!r} may only consist of a-z, 0-9 and hyphens")
    name = f"{merchant}.{system}" if system else merchant
    assert merchant_of(name) == merchant
    return name


@click.group("ingest-user")
def ingest_user() -> None:
    """Users with which other systems hand things in over RabbitMQ.

    KONTOR_RABBITMQ_API is the management API with an administrator's log-in: http://user:password@host:15672
    """


def _of_a_system(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--vhost", default=VHOST, show_default=True)(command)
    command = click.option("--api", envvar="KONTOR_RABBITMQ_API", required=True, show_envvar=True)(command)
    command = click.option("--system", default="", help="Its name, where a merchant connects several.")(command)
    return click.argument("slug")(command)


@ingest_user.command()
@_of_a_system
def add(slug: str, system: str, api: str, vhost: str) -> None:
    """Makes the user of the merchant SLUG with its rights and its queue of refusals; prints the password once."""
    user = add_user(api, slug, system, vhost=vhost)
    click.echo(f"user         {user.name}")
    click.echo(f"password     {user.password}")
    click.echo(f"vhost        {user.vhost}")
    click.echo(f"exchange     {user.exchange}")
    click.echo(f"routing keys {' '.join(user.routing_keys)}")
    click.echo(f"refused      {user.refused}")
    click.echo(f"Set the property user-id of every message to {user.name}.")


@ingest_user.command()
@_of_a_system
def remove(slug: str, system: str, api: str, vhost: str) -> None:
    """Removes the user and its queue of refusals; its connections end at once."""
    remove_user(api, slug, system, vhost=vhost)
    click.echo("removed")
