"""Users of the vhost `ingest`, through RabbitMQ's management HTTP API.

The API instead of rabbitmqctl: it works from wherever Kontor runs, needs no Erlang cookie, and is the same for a
package, a container and a hosted broker.
"""

import re
import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from kontor_bus.ingest.topology import EXCHANGE, KINDS, REFUSED_LENGTH, VHOST, merchant_of, refused_queue
from kontor_bus.rabbitmq.topology import bounded_arguments

_NAME = re.compile(r"[a-z0-9-]+")


class IngestUserError(Exception):
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


class IngestUsers:
    """`api` is the address of the management API with an administrator's log-in, `http://user:password@host:15672`."""

    def __init__(self, api: str, *, vhost: str = VHOST) -> None:
        address = httpx.URL(api)
        self._vhost = vhost
        self._client = httpx.AsyncClient(
            base_url=address.copy_with(username=None, password=None),
            auth=(address.username, address.password),
            timeout=15.0,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def add(self, merchant: str, system: str = "") -> IngestUser:
        """Makes the user, or gives an existing one a new password; rights and queue are the same afterwards."""
        name = user_name(merchant, system)
        await self._refuse_foreign(name)
        password = secrets.token_urlsafe(24)
        keys = tuple(f"{kind}.{merchant}" for kind in KINDS)
        await self._put(f"vhosts/{self._in_vhost()}", {})
        await self._put(f"users/{_quoted(name)}", {"password": password, "tags": ""})
        # Nothing to configure, one exchange to write to, one queue to read from.
        rights = {"configure": "^$", "write": f"^{EXCHANGE}$", "read": f"^{re.escape(refused_queue(name))}$"}
        await self._put(f"permissions/{self._in_vhost()}/{_quoted(name)}", rights)
        # Whatever kind: what an owner takes one day is open to the systems that are connected already.
        topics = {"exchange": EXCHANGE, "write": rf"^[a-z0-9-]+\.{re.escape(merchant)}$", "read": "^$"}
        await self._put(f"topic-permissions/{self._in_vhost()}/{_quoted(name)}", topics)
        queue = {"durable": True, "arguments": bounded_arguments(REFUSED_LENGTH)}
        await self._put(f"queues/{self._in_vhost()}/{_quoted(refused_queue(name))}", queue)
        return IngestUser(name, password, self._vhost, EXCHANGE, keys, refused_queue(name))

    async def remove(self, merchant: str, system: str = "") -> None:
        """The user, its rights and its queue of refusals; its connections are closed by the broker."""
        name = user_name(merchant, system)
        await self._refuse_foreign(name)
        await self._call("DELETE", f"users/{_quoted(name)}", missing=f"there is no user {name}")
        await self._call("DELETE", f"queues/{self._in_vhost()}/{_quoted(refused_queue(name))}", missing=None)

    def _in_vhost(self) -> str:
        return _quoted(self._vhost)

    async def _refuse_foreign(self, name: str) -> None:
        """Kontor's own users and people's are left alone, also where a merchant's slug is like one of their names."""
        answer = await self._call("GET", f"users/{_quoted(name)}/permissions", missing=None)
        rights = [] if answer.status_code == httpx.codes.NOT_FOUND else answer.json()
        if any(right["vhost"] != self._vhost or right["configure"] != "^$" for right in rights):
            raise IngestUserError(f"the user {name} exists and is no connected system's")

    async def _put(self, path: str, body: dict[str, Any]) -> None:
        await self._call("PUT", path, body, missing=f"{path} is not there")

    async def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, missing: str | None
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, f"/api/{path}", json=body)
        except httpx.HTTPError as lost:
            raise IngestUserError(f"RabbitMQ's management API cannot be reached: {lost}") from lost
        if answer.status_code == httpx.codes.NOT_FOUND:
            if missing is not None:
                raise IngestUserError(missing)
        elif answer.status_code == httpx.codes.UNAUTHORIZED:
            raise IngestUserError("RabbitMQ's management API refuses the log-in; it wants an administrator's")
        elif answer.is_error:
            raise IngestUserError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer


def user_name(merchant: str, system: str = "") -> str:
    """`<slug>` or `<slug>.<system>`. Raises IngestUserError for other characters than a–z, 0–9 and hyphen."""
    for label, part in (("merchant", merchant), ("system", system)):
        if not _NAME.fullmatch(part) and (part or label == "merchant"):
            raise IngestUserError(f"{label}: {part!r} may only consist of a-z, 0-9 and hyphens")
    name = f"{merchant}.{system}" if system else merchant
    assert merchant_of(name) == merchant
    return name


def _quoted(name: str) -> str:
    return quote(name, safe="")
