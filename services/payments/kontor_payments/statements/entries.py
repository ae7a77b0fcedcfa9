"""What the use cases of bank statements share: an entry under its lock, and telling of its change."""

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments.errors import StatementEntryDecided, StatementEntryNotFound
from kontor_payments.statements.models import StatementEntry
from kontor_service.events import state_of


async def entry_of(session: AsyncSession, entry_id: UUID) -> StatementEntry:
    """Raises StatementEntryNotFound, also for what the merchant paid: nobody is told of that."""
    query = select(StatementEntry).where(StatementEntry.id == entry_id, StatementEntry.state != "outgoing")
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise StatementEntryNotFound
    return found


async def locked_entry(session: AsyncSession, entry_id: UUID, *states: str) -> StatementEntry:
    """After the receivables. Raises StatementEntryNotFound, StatementEntryDecided where it is in none of these states."""
    query = select(StatementEntry).where(StatementEntry.id == entry_id).with_for_update()
    found = (await session.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise StatementEntryNotFound
    if found.state not in states:
        raise StatementEntryDecided
    return found


def entry_state(row: StatementEntry) -> pb.StatementEntry:
    return state_of(pb.StatementEntry, row)


def tell(session: AsyncSession, row: StatementEntry) -> pb.StatementEntry:
    """A new version, and the event of it."""
    row.touch()
    state = entry_state(row)
    record(session, pb.StatementEntryChanged(statement_entry=state))
    return state
