"""What owners do alike with commands: the answer, and doing a repeated one once.

A use case that honours an idempotency key:

    return await once(db, merchant, "checkout", key, wanted.model_dump(mode="json"), lambda session: _start(session, wanted))
"""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header
from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession as SQLSession
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_bus.envelope import aggregate_of
from kontor_events.registry import snapshot_class, type_of
from kontor_service.database import Database
from kontor_service.errors import Conflict
from kontor_service.i18n import N_

# The caller's name for a command, under which a repeated one is done once.
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]
KeyReused = Conflict.named("idempotency_key_reused", N_("This idempotency key was used for another request."))

# The update changes nothing: it waits for whoever has the key, and answers what is there.
_CLAIM = text(
    "INSERT INTO idempotency (merchant_id, scope, key, fingerprint) VALUES (:merchant, :scope, :key, :asked)"
    " ON CONFLICT (merchant_id, scope, key) DO UPDATE SET key = excluded.key"
    " RETURNING fingerprint, answer, xmax = 0 AS fresh"
)


def command_result(state: Message, /, **extra: Any) -> dict[str, Any]:
    """The answer to a command: which aggregate is now in which version, and its state for the edge's copy."""
    snapshot = snapshot_class(type(state))
    type_name = type_of(snapshot)
    event = snapshot(**{snapshot.DESCRIPTOR.fields_by_number[1].name: state})
    return {
        "kind": aggregate_of(type_name),
        "id": state.id,  # type: ignore[attr-defined]
        "epoch": state.epoch,  # type: ignore[attr-defined]
        "version": state.version,  # type: ignore[attr-defined]
        "snapshot": {
            "type": type_name,
            "merchant_id": state.merchant_id,  # type: ignore[attr-defined]
            "data": base64.b64encode(event.SerializeToString()).decode(),
        },
        **extra,
    }


def fingerprint(*parts: Any) -> str:
    """What a request asked for, so that a key reused for another request is noticed."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_as_text).encode()).hexdigest()


def _as_text(value: Any) -> str:
    # A file of 20 MiB would be four times as much as text.
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else str(value)


async def once(
    db: Database,
    merchant_id: UUID,
    scope: str,
    key: str | None,
    wanted: Any,
    act: Callable[[AsyncSession], Awaitable[dict[str, Any]]],
) -> dict[str, Any]:
    """What `act` answers in one transaction; where this key was used before, the answer given then. Raises KeyReused."""
    async with db.transaction(merchant_id) as session:
        if key is None:
            return await act(session)
        repeated = await recall(session, merchant_id, scope, key, fingerprint(wanted))
        if repeated is not None:
            return repeated
        answer = await act(session)
        await remember(session, merchant_id, scope, key, answer)
        return answer


async def recall(session: SQLSession, merchant_id: UUID, scope: str, key: str, asked: str) -> dict[str, Any] | None:
    """The earlier answer under this key, or None and the key is claimed by this transaction.

    Concurrent requests with one key wait for each other here. Raises KeyReused if the key stood for another request.
    """
    row = (await session.execute(_CLAIM, {"merchant": merchant_id, "scope": scope, "key": key, "asked": asked})).one()
    if row.fresh:
        return None
    if row.fingerprint != asked:
        raise KeyReused(field="Idempotency-Key")
    answer: dict[str, Any] = row.answer
    return answer


async def remember(session: SQLSession, merchant_id: UUID, scope: str, key: str, answer: dict[str, Any]) -> None:
    """Keeps the answer for repetitions; expires after 30 days."""
    await session.execute(
        text(
            "UPDATE idempotency SET answer = CAST(:answer AS jsonb)"
            " WHERE merchant_id = :merchant AND scope = :scope AND key = :key"
        ),
        {"merchant": merchant_id, "scope": scope, "key": key, "answer": json.dumps(answer)},
    )
