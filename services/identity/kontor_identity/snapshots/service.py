"""Re-sending snapshots, merchant by merchant, in batches: no fact has happened, no version grows."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.events import api_key_state, customer_state, link_state, merchant_state
from kontor_identity.models import ApiKey, Contact, Customer, Link, Merchant
from kontor_service.database import Database
from kontor_service.models import Aggregate

_BATCH = 200

Describe = Callable[[AsyncSession, Sequence[Any]], Awaitable[list[Message]]]


async def send_snapshots(db: Database, wanted: Sequence[str]) -> dict[str, int]:
    """How many of each aggregate were sent, e.g. {"identity.customer": 12}. Raises KeyError for an unknown one."""
    merchants = [row["id"] for row in await db.pool.fetch("SELECT merchants() AS id")]
    counts = {}
    for name in wanted:
        table, describe = AGGREGATES[name]
        counts[f"identity.{name}"] = sum([await _send(db, merchant, table, describe) for merchant in merchants])
    return counts


async def push_sessions_again(db: Database) -> int:
    """Marks every live session as not yet told to its edge; the table's worker tells them. How many there are."""
    count = 0
    for row in await db.pool.fetch("SELECT merchants() AS id"):
        async with db.transaction(row["id"]) as session:
            done = await session.execute(
                text(
                    "UPDATE session SET pushed_version = 0 WHERE expires_at > now() AND revoked_at IS NULL RETURNING 1"
                )
            )
            count += len(done.all())
    return count


async def _send(db: Database, merchant_id: UUID, table: type[Aggregate], describe: Describe) -> int:
    count, last = 0, UUID(int=0)
    while True:
        async with db.transaction(merchant_id) as session:
            # Shared locks: each state goes out with the version it has.
            query = select(table).where(table.id > last).order_by(col(table.id)).limit(_BATCH)
            rows = (await session.exec(query.with_for_update(read=True))).all()
            for message in await describe(session, rows):
                record(session, message, merchant_id=merchant_id)
        count += len(rows)
        if len(rows) < _BATCH:
            return count
        last = rows[-1].id


async def _merchants(_: AsyncSession, rows: Sequence[Merchant]) -> list[Message]:
    return [pb.MerchantSnapshot(merchant=merchant_state(row)) for row in rows]


async def _customers(session: AsyncSession, rows: Sequence[Customer]) -> list[Message]:
    query = select(Contact).where(col(Contact.customer_id).in_([row.id for row in rows]))
    contacts: dict[UUID, list[Contact]] = {row.id: [] for row in rows}
    for contact in (await session.exec(query.order_by(col(Contact.created_at), col(Contact.id)))).all():
        contacts[contact.customer_id].append(contact)
    return [pb.CustomerSnapshot(customer=customer_state(row, contacts[row.id])) for row in rows]


async def _links(_: AsyncSession, rows: Sequence[Link]) -> list[Message]:
    return [pb.LinkSnapshot(link=link_state(row)) for row in rows]


async def _api_keys(_: AsyncSession, rows: Sequence[ApiKey]) -> list[Message]:
    return [pb.ApiKeySnapshot(api_key=api_key_state(row)) for row in rows]


AGGREGATES: dict[str, tuple[type[Any], Describe]] = {
    "merchant": (Merchant, _merchants),
    "customer": (Customer, _customers),
    "link": (Link, _links),
    "api_key": (ApiKey, _api_keys),
}
