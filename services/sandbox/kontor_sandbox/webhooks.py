"""Telling the merchant: every event is stored with the change it tells of, then sent until somebody answers 2xx."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import structlog

from kontor_sandbox.model import Behaviour, Checkout, new_id
from kontor_sandbox.store import Store

log = structlog.get_logger()

HEADER = "Sandbox-Signature"
_PAUSES = (1, 2, 5, 15, 60, 300, 1800)
_COPIES = {"twice": 2, "thrice": 3}
# An event that is to come out of order waits for its successor, but not for ever.
_OVERTAKEN_AFTER = 120
_TICK = 0.25


def change(store: Store, checkout_id: str, step: Callable[[Checkout], list[str]], account: str = "") -> Checkout | None:
    """One step of a checkout (of this account, where one is named), with the events that tell of it."""
    with store.transaction():
        checkout = store.checkout(checkout_id, account)
        if checkout is not None:
            events = step(checkout)
            store.save(checkout)
            tell(store, checkout, events)
    return checkout


def tell(store: Store, checkout: Checkout, types: Sequence[str]) -> None:
    """Stores the events for delivery, as badly as the checkout's behaviour asks for."""
    behaviour = checkout.behaviour
    if types and behaviour.webhooks == "out_of_order":
        store.deliver_within(checkout.id, 1)
    for index, name in enumerate(types):
        data = {"checkout": checkout.public(store.public_url)}
        event = {"id": new_id("evt"), "type": name, "created": int(time.time()), "data": data}
        body = json.dumps(event, separators=(",", ":")).encode()
        for _ in range(_COPIES.get(behaviour.webhooks, 1)):
            store.add_delivery(checkout, body, _due_in(behaviour, name, index))


def _due_in(behaviour: Behaviour, name: str, index: int) -> float | None:
    if behaviour.webhooks == "never":
        return None
    if behaviour.webhooks == "late":
        return behaviour.late_seconds
    if behaviour.webhooks == "out_of_order" and index == 0 and name in ("payment.pending", "payment.succeeded"):
        return _OVERTAKEN_AFTER if name == "payment.pending" else 1
    return 0


def sign(secret: str, body: bytes, sent_at: int) -> str:
    """The signature header, as Stripe does it: `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`."""
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"


async def deliver_for_ever(store: Store) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            rows = store.due_deliveries()
            for row in rows:
                answer = await _send(store, client, row)
                again_in = None if answer.startswith("2") else dict(enumerate(_PAUSES)).get(row["attempts"])
                with store.transaction():
                    store.delivered(row["id"], again_in)
            await asyncio.sleep(0 if rows else _TICK)


async def _send(store: Store, client: httpx.AsyncClient, row: Any) -> str:
    """The status code, or the name of the error."""
    account = store.account(id=row["account"])
    if account is None:
        return "200"
    signature = sign(account.webhook_secret, row["body"], int(time.time()))
    headers = {"Content-Type": "application/json", HEADER: signature}
    try:
        answer = str((await client.post(account.webhook_url, content=row["body"], headers=headers)).status_code)
    except httpx.HTTPError as error:
        answer = type(error).__name__
    if not answer.startswith("2"):
        log.warning("sandbox_webhook_not_delivered", checkout=row["checkout"], answer=answer)
    return answer
