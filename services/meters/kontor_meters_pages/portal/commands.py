"""What the gateway asks meters for on behalf of a session, or of whoever holds a write-only link."""

import time
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile

from kontor_edge.edge import client_ip, edge_of
from kontor_edge.owners import apply_answer

# Half of a token's life: forty photos take longer than one lives.
_TOKEN_SECONDS = 30.0
# A photo is read and drawn anew before meters answers.
_PHOTO_SECONDS = 60.0


class Commands:
    """The commands of one request. Raises what the owners say, Unavailable where they do not answer."""

    def __init__(self, request: Request, *, session_hash: str | None = None, link: str | None = None) -> None:
        self._request = request
        self._who = {"session_hash": session_hash, "link": link}
        self._token, self._since = "", float("-inf")

    async def keep_photo(self, photo: UploadFile) -> str:
        """Its hash, to be named with the readings. Raises Invalid for what is no picture."""
        files = {"file": (photo.filename or "photo", photo.file, photo.content_type or "application/octet-stream")}
        answer = await edge_of(self._request).owner("meters").request(
            "POST", "/v1/photos", token=await self._permitted(), files=files, timeout=_PHOTO_SECONDS
        )  # fmt: skip
        return str(answer.json()["sha256"])

    async def enter(self, readings: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
        """What became of each, in the same order; what was taken is in the copy. `key` makes a repeated click one."""
        edge = edge_of(self._request)
        answer = await edge.owner("meters").request(
            "POST", "/v1/readings", token=await self._permitted(), json={"readings": readings},
            headers={"Idempotency-Key": key},
        )  # fmt: skip
        found = answer.json()
        await apply_answer(edge, found)
        results: list[dict[str, Any]] = found["results"]
        return results

    async def _permitted(self) -> str:
        if time.monotonic() - self._since > _TOKEN_SECONDS:
            self._token = await edge_of(self._request).source.command(
                audience="meters", right="meters:enter", ip=client_ip(self._request), **self._who
            )
            self._since = time.monotonic()
        return self._token
