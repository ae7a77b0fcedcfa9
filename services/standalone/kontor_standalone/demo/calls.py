"""Setting up a shop as people and systems would: over the services' own HTTP."""

import asyncio
import time
from typing import Any

import httpx

from kontor_service.tokens import basic
from kontor_standalone.home import Home

_PATIENCE = 60.0


class SetupFailed(RuntimeError):
    """A service refused a step of setting up the demo; the message is its answer."""


class Calls:
    """Commands of somebody who is logged in at an edge, each with a token of its own, as the edge makes them."""

    def __init__(self, home: Home, edge: str = "admin") -> None:
        self._home = home
        self._http = httpx.AsyncClient(timeout=30)
        self._session = ""
        self._edge = basic(edge, home.secrets[edge])

    async def log_in(self, email: str, password: str, slug: str = "") -> None:
        """As staff, or with `slug` as a customer of this portal."""
        kind = "portal" if slug else "staff"
        body = {"slug": slug, "email": email, "password": password, "kind": kind, "ip": "127.0.0.1"}
        answer = await self._send("POST", f"{self._home.url('identity')}/v1/sessions/password", self._edge, json=body)
        self._session = answer["session"]["hash"]

    async def __call__(self, service: str, right: str, method: str, path: str, **sent: Any) -> Any:
        """One command with the rights of who is logged in. Raises SetupFailed."""
        wanted = {"session_hash": self._session, "audience": service, "right": right}
        answer = await self._send("POST", f"{self._home.url('identity')}/v1/tokens", self._edge, json=wanted)
        headers = {"Authorization": f"Bearer {answer['token']}", **sent.pop("headers", {})}
        return await self._send(method, f"{self._home.url(service)}{path}", headers, **sent)

    async def public(self, method: str, url: str, *, service: str = "", **sent: Any) -> Any:
        """A call without a session; `service` signs it as that service."""
        headers = {**(basic(service, self._home.secrets[service]) if service else {}), **sent.pop("headers", {})}
        return await self._send(method, url, headers, **sent)

    async def until(self, service: str, right: str, path: str, field: str, *, values: set[str]) -> dict[str, Any]:
        """Asks again until the field has one of these values. Raises SetupFailed after a minute."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            found: dict[str, Any] = await self(service, right, "GET", path)
            if found[field] in values:
                return found
            if time.monotonic() > deadline:
                raise SetupFailed(f"{path}: {field} is still {found[field]}")
            await asyncio.sleep(0.1)

    async def mailed_link(self, recipient: str, part: str) -> str:
        """The newest link with this part in a mail to this address, once it has come. Raises SetupFailed after a minute."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            for mail in await self.public("GET", f"{self._home.url('mail')}/api/messages"):
                links = [link for link in mail["links"] if part in link]
                if links and recipient in str(mail["to"]):
                    return str(links[0])
            await asyncio.sleep(0.1)
        raise SetupFailed(f"no mail with {part} came for {recipient}")

    async def _send(self, method: str, url: str, headers: dict[str, str], **sent: Any) -> Any:
        response = await self._http.request(method, url, headers=headers, **sent)
        if response.status_code >= 400:
            raise SetupFailed(f"{method} {url}: {response.status_code} {response.text}")
        return response.json() if response.content else None

    async def close(self) -> None:
        await self._http.aclose()
