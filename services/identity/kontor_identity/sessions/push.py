"""Telling the edges what became of sessions: at once, and again from the table until they have answered."""

import asyncio
from collections.abc import Iterable, Mapping
from uuid import UUID

import structlog
from sqlalchemy import text

from kontor_identity.access.actors import SessionActor, session_actors
from kontor_identity.access.rights import EDGE_OF_KIND
from kontor_identity.access.tokens import service_token
from kontor_identity.keys.signing import SigningKeys
from kontor_service.client import ServiceClient
from kontor_service.database import Database
from kontor_service.errors import Problem

log = structlog.get_logger()

_BATCH = 500
_UNHEARD_SECONDS = 1.0
_PENDING = text("SELECT hash FROM session WHERE pushed_version < version ORDER BY id LIMIT :most")
_CONFIRMED = text("UPDATE session SET pushed_version = GREATEST(pushed_version, :version) WHERE session.hash = :hash")
_FORGET = text("UPDATE session SET pushed_version = 0 WHERE expires_at > now() AND revoked_at IS NULL RETURNING 1")


class SessionPush:
    def __init__(self, db: Database, signing: SigningKeys, edges: Mapping[str, str], *, timeout: float) -> None:
        """`edges`: base address by service name. `timeout`: seconds that a command waits for an edge."""
        self._db = db
        self._signing = signing
        self._clients = {name: ServiceClient(url, timeout=timeout) for name, url in edges.items()}
        self._timeout = timeout

    async def now(self, merchant_id: UUID) -> bool:
        """Pushes what is pending for this merchant; whether every edge has answered in time."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._push(merchant_id)
        except TimeoutError:
            return False

    async def all_pending(self) -> None:
        """What an earlier push could not deliver."""
        for row in await self._db.pool.fetch("SELECT merchants_with_sessions_to_push() AS id"):
            await self._push(row["id"])

    async def forget_answers(self) -> int:
        """Every live session counts as not yet told to its edge, for an edge that has lost its own: how many there are."""
        count = 0
        for row in await self._db.pool.fetch("SELECT merchants() AS id"):
            async with self._db.transaction(row["id"]) as session:
                count += len((await session.execute(_FORGET)).all())
        return count

    async def heartbeat(self) -> bool:
        """An edge that has not heard one for five minutes stops serving private pages. Whether all have heard it."""
        return all(await asyncio.gather(*(self._beat(edge) for edge in self._clients)))

    async def keep_beating(self, seconds: float) -> None:
        """One that was not heard is repeated soon: an edge that has just started waits for it."""
        while True:
            heard = await self.heartbeat()
            await asyncio.sleep(seconds if heard else min(seconds, _UNHEARD_SECONDS))

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()

    async def _push(self, merchant_id: UUID) -> bool:
        told = True
        while hashes := await self._pending(merchant_id):
            actors = await session_actors(self._db, hashes)
            answers = [await self._tell(edge, mine) for edge, mine in _by_edge(actors).items()]
            told = all(answers)
            if not told or len(hashes) < _BATCH:
                break
        return told

    async def _pending(self, merchant_id: UUID) -> list[str]:
        async with self._db.transaction(merchant_id) as session:
            return list((await session.execute(_PENDING, {"most": _BATCH})).scalars())

    async def _tell(self, edge: str, actors: list[SessionActor]) -> bool:
        merchant_id = actors[0].merchant_id
        token = service_token(self._signing, service="identity", audience=edge, merchant_id=merchant_id).token
        states = {"sessions": [actor.state() for actor in actors]}
        try:
            await self._clients[edge].request("PUT", "/internal/sessions", token=token, json=states)
        except Problem as problem:
            log.warning("edge_not_told", edge=edge, sessions=len(actors), code=problem.code, status=problem.status)
            return False
        async with self._db.transaction(merchant_id) as session:
            await session.execute(_CONFIRMED, [{"hash": actor.hash, "version": actor.version} for actor in actors])
        return True

    async def _beat(self, edge: str) -> bool:
        token = service_token(self._signing, service="identity", audience=edge, merchant_id=None).token
        try:
            await self._clients[edge].request("POST", "/internal/heartbeat", token=token)
        except Problem as problem:
            log.warning("edge_without_heartbeat", edge=edge, code=problem.code, status=problem.status)
            return False
        return True


def _by_edge(actors: Iterable[SessionActor]) -> dict[str, list[SessionActor]]:
    found: dict[str, list[SessionActor]] = {}
    for actor in actors:
        found.setdefault(EDGE_OF_KIND[actor.kind], []).append(actor)
    return found
