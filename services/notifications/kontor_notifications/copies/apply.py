"""Taking in other owners' state: newer wins, so order and repetition do not matter."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_bus import Envelope
from kontor_notifications.copies.models import TABLES
from kontor_service.database import Database

BINDINGS = (
    "identity.merchant.#", "identity.customer.#", "documents.document.#", "payments.receivable.#", "meters.invitation.#",
)  # fmt: skip


class Copier:
    """Applies a batch of envelopes, merchant by merchant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, envelopes: list[Envelope]) -> None:
        by_merchant: dict[UUID, list[Message]] = defaultdict(list)
        for envelope in envelopes:
            state: Any = envelope.state()
            if type(state) in TABLES:
                by_merchant[UUID(state.merchant_id)].append(state)
        for merchant_id, states in by_merchant.items():
            async with self._database.transaction(merchant_id) as session:
                # Always in the same order, so that two consumers cannot wait for each other.
                for state in sorted(states, key=lambda found: (type(found).__name__, found.id)):  # type: ignore[attr-defined]
                    await apply(session, state)


async def apply(session: AsyncSession, state: Any) -> None:
    """Keeps the state if it is newer than what is there."""
    table = TABLES[type(state)]
    values = {
        "id": UUID(state.id),
        "merchant_id": UUID(state.merchant_id),
        "epoch": state.epoch,
        "version": state.version,
        "deleted": state.deleted,
        "state": state.SerializeToString(deterministic=True),
    }
    if "type" in table.c:
        values["type"] = state.type
    if "document_id" in table.c:
        values["document_id"] = UUID(state.document_id)
    statement = insert(table).values(values)
    newer = tuple_(statement.excluded.epoch, statement.excluded.version) > tuple_(table.c.epoch, table.c.version)
    changed = {name: statement.excluded[name] for name in values if name not in ("id", "merchant_id")}
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))
