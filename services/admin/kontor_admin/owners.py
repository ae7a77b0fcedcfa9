"""Commands to the owners: a token for this one command, the call, and what it changed into our copy at once."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import structlog
from fastapi import Request

from kontor_admin.settings import Settings
from kontor_admin.staff import Staff
from kontor_edge import UnknownSnapshot, Views
from kontor_events.registry import contexts
from kontor_service.client import ServiceClient
from kontor_service.tokens import TokenSource, basic

log = structlog.get_logger()

# Reading something beside the page: the page does without it rather than wait.
_GLANCE_SECONDS = 2.0
_COMMAND_SECONDS = 20.0


class Owners:
    """The services behind the admin. Nothing here knows what a command means."""

    def __init__(self, settings: Settings, source: TokenSource, views: Views) -> None:
        self._source = source
        self._views = views
        self._basic = basic(settings.service, settings.service_secret.get_secret_value())
        self._clients = {name: ServiceClient(settings.url_of(name), timeout=_COMMAND_SECONDS) for name in contexts()}
        self._glances = {name: ServiceClient(settings.url_of(name), timeout=_GLANCE_SECONDS) for name in contexts()}

    async def close(self) -> None:
        for client in (*self._clients.values(), *self._glances.values()):
            await client.close()

    async def command(
        self,
        request: Request,
        staff: Staff,
        owner: str,
        right: str,
        method: str,
        path: str,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        """Does something as this member of staff and applies the answer's snapshots to the copy.

        `key` is an idempotency key. Raises Problem: what the owner said, Unauthorized for a session that is over,
        Forbidden without the right, Unavailable (503) where the owner or identity does not answer; then nothing is done.
        """
        sent = (headers or {}) | ({"Idempotency-Key": key} if key else {})
        response = await self.send(request, staff, owner, right, method, path, headers=sent, **options)
        answer = response.json() if response.headers.get("content-type", "").startswith("application/json") else {}
        if isinstance(answer, dict):
            await self._learn(answer)
            return answer
        return {"items": answer}

    async def send(
        self, request: Request, staff: Staff, owner: str, right: str, method: str, path: str, **options: Any
    ) -> httpx.Response:
        """What the owner answers as it is, for what is no JSON. Raises Problem like a command."""
        token = await self._source.command(audience=owner, right=right, session_hash=staff.hash, ip=ip_of(request))
        return await self._clients[owner].request(method, path, token=token, **options)

    async def read(self, request: Request, staff: Staff, owner: str, right: str, path: str) -> dict[str, Any]:
        """Something only the owner has, as this member of staff. Raises Problem like a command."""
        token = await self._source.command(audience=owner, right=right, session_hash=staff.hash, ip=ip_of(request))
        answer: dict[str, Any] = (await self._glances[owner].request("GET", path, token=token)).json()
        return answer

    async def glance(self, owner: str, path: str, merchant_id: UUID) -> httpx.Response:
        """Something beside the page, as this service; what the reader may see was decided by the copy. Raises Problem."""
        return await self._glances[owner].request("GET", path, token=await self._source.service(owner, merchant_id))

    async def file(self, owner: str, path: str, merchant_id: UUID) -> httpx.Response:
        """Bytes, which may take their time; as this service. Raises Problem."""
        return await self._clients[owner].request("GET", path, token=await self._source.service(owner, merchant_id))

    async def public(self, owner: str, path: str) -> httpx.Response:
        """Something for everyone, e.g. a logo."""
        return await self._glances[owner].request("GET", path)

    async def identity(self, path: str, **body: Any) -> dict[str, Any]:
        """A question to identity before anyone is logged in, with this service's own credential."""
        response = await self._clients["identity"].request("POST", path, headers=self._basic, json=body)
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    async def _learn(self, answer: dict[str, Any]) -> None:
        """Snapshots in the answer, or in a list of results in it."""
        found = [answer] if "snapshot" in answer else []
        found += [
            item
            for value in answer.values()
            if isinstance(value, list)
            for item in value
            if isinstance(item, dict) and "snapshot" in item
        ]
        for item in found:
            try:
                await self._views.apply_result(item)
            except UnknownSnapshot:
                # The admin does not copy everything that can be changed through it.
                continue
            except (asyncpg.PostgresError, OSError) as error:
                # The owner has done it, and the bus brings the same state.
                log.warning("answer_not_applied", type=item["snapshot"]["type"], error=type(error).__name__)


def ip_of(request: Request) -> str:
    return request.client.host if request.client else ""


def owners(request: Request) -> Owners:
    found: Owners = request.app.state.owners
    return found
