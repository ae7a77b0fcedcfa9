"""Telling the merchant: every event is stored with the change it tells of, then sent until somebody answers 2xx."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import httpx
import structlog
from sqlalchemy import Connection, insert, select, update

from kontor_sandbox.model import Behaviour, Checkout, new_id
from kontor_sandbox.store import DELIVERY, Store, account_by, locked_checkout, save_checkout, stamp

log = structlog.get_logger()

HEADER = "Sandbox-Signature"
_PAUSES = (1, 2, 5, 15, 60, 300, 1800)
_COPIES = {"twice": 2, "thrice": 3}
# An event that is to come out of order waits for its successor, but not for ever.
_OVERTAKEN_AFTER = 120
_TICK = 0.25


def change(
    connection: Connection,
    checkout_id: str,
    step: Callable[[Checkout], list[str]],
    public_url: str,
    account: str = "",
) -> Checkout | None:
    """One step of a checkout (of this account, where one is named), with the events that tell of it."""
    checkout = locked_checkout(connection, checkout_id)
    if checkout is None or (account and checkout.account != account):
        return None
    events = step(checkout)
    save_checkout(connection, checkout)
    tell(connection, checkout, events, public_url)
    return checkout


def tell(connection: Connection, checkout: Checkout, types: Sequence[str], public_url: str) -> None:
    """Stores the events for delivery, as badly as the checkout's behaviour asks for."""
    behaviour = checkout.behaviour
    if types and behaviour.webhooks == "out_of_order":
        _release_overtaken(connection, checkout.id)
    for index, name in enumerate(types):
        event = {
            "id": new_id("evt"),
            "type": name,
            "created": int(time.time()),
            "data": {"checkout": checkout.public(public_url)},
        }
        row = {
            "event_id": event["id"],
            "type": name,
            "account": checkout.account,
            "checkout": checkout.id,
            "body": json.dumps(event, separators=(",", ":")).encode(),
            "attempts": 0,
            "answer": "",
            "due_at": _due(behaviour, name, index),
        }
        connection.execute(insert(DELIVERY), [row] * _COPIES.get(behaviour.webhooks, 1))


def _due(behaviour: Behaviour, name: str, index: int) -> float | None:
    if behaviour.webhooks == "never":
        return None
    if behaviour.webhooks == "late":
        return stamp(behaviour.late_seconds)
    if behaviour.webhooks == "out_of_order" and index == 0 and name in ("payment.pending", "payment.succeeded"):
        return stamp(_OVERTAKEN_AFTER if name == "payment.pending" else 1)
    return stamp()


def _release_overtaken(connection: Connection, checkout_id: str) -> None:
    held = update(DELIVERY).where(DELIVERY.c.checkout == checkout_id, DELIVERY.c.due_at > stamp())
    connection.execute(held.values(due_at=stamp(1)))


def sign(secret: str, body: bytes, sent_at: int) -> str:
    """The signature header, as Stripe does it: `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`."""
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"


async def deliver_for_ever(store: Store) -> None:
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            sent = await _deliver_due(store, client)
            await asyncio.sleep(0 if sent else _TICK)


async def _deliver_due(store: Store, client: httpx.AsyncClient) -> int:
    rows = await store.run(_due_rows)
    for row in rows:
        answer = await _send(store, client, row)
        await store.run(partial(_note, row=row, answer=answer))
    return len(rows)


def _due_rows(connection: Connection) -> list[Any]:
    query = select(DELIVERY).where(DELIVERY.c.due_at <= stamp()).order_by(DELIVERY.c.due_at, DELIVERY.c.id).limit(20)
    return list(connection.execute(query))


async def _send(store: Store, client: httpx.AsyncClient, row: Any) -> str:
    """The status code, or the name of the error."""
    account = await store.run(lambda connection: account_by(connection, account_id=row.account))
    if account is None or not account.webhook_url:
        return "200"
    signature = sign(account.webhook_secret, row.body, int(time.time()))
    headers = {"Content-Type": "application/json", HEADER: signature}
    try:
        response = await client.post(account.webhook_url, content=row.body, headers=headers)
    except httpx.HTTPError as error:
        return type(error).__name__
    return str(response.status_code)


def _note(connection: Connection, row: Any, answer: str) -> None:
    delivered = answer.startswith("2")
    gives_up = row.attempts >= len(_PAUSES)
    due = None if delivered or gives_up else stamp(_PAUSES[row.attempts])
    connection.execute(
        update(DELIVERY).where(DELIVERY.c.id == row.id).values(attempts=row.attempts + 1, answer=answer, due_at=due)
    )
    if not delivered:
        log.warning("sandbox_webhook_not_delivered", event_id=row.event_id, type=row.type, answer=answer)
