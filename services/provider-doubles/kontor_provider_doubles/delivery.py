"""Sending webhooks: every one is stored with the change that it tells of, then sent until somebody answers 2xx."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import structlog

from kontor_provider_doubles.store import Store

log = structlog.get_logger()

# The provider's signature as headers, made when it is sent, from what was said about the delivery and the body.
Sign = Callable[[Mapping[str, str], bytes], dict[str, str]]
_PAUSES = (1, 2, 5, 15, 60, 300, 1800)
_TICK = 0.1


async def deliver_for_ever(store: Store, sign: Sign) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            rows = store.due_deliveries()
            for row in rows:
                answer = await _send(client, row, sign)
                again_in = None if answer.startswith("2") else dict(enumerate(_PAUSES)).get(row["attempts"])
                with store.transaction():
                    store.delivered(row["id"], again_in)
            await asyncio.sleep(0 if rows else _TICK)


async def _send(client: httpx.AsyncClient, row: Any, sign: Sign) -> str:
    """The status code, or the name of the error."""
    headers = {"Content-Type": "application/json", **sign(json.loads(row["about"]), row["body"])}
    try:
        answer = str((await client.post(row["url"], content=row["body"], headers=headers)).status_code)
    except httpx.HTTPError as error:
        answer = type(error).__name__
    if not answer.startswith("2"):
        log.warning("double_webhook_not_delivered", url=row["url"], answer=answer)
    return answer
