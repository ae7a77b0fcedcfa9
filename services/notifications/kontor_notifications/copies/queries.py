"""Reading the copies. Everything here sees the transaction's merchant only."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Comment, Document
from kontor.identity.v1.identity_pb2 import StaffMember
from kontor.identity.v1.identity_pb2_codes import StaffRole
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor.payments.v1.payments_pb2 import Receivable
from kontor_events.registry import rules_of
from kontor_notifications.copies.models import TABLES, State
from kontor_notifications.errors import TryLater


async def get(session: AsyncSession, kind: type[State], id_: UUID | str) -> State:
    """The last known state, also of what was deleted since (`deleted` says so). Raises TryLater."""
    table = TABLES[kind]
    raw = await session.scalar(select(table.c.state).where(table.c.id == UUID(str(id_))))
    if raw is None:
        raise TryLater(MailError.NOT_KNOWN_YET)
    return kind.FromString(raw)


async def owners(session: AsyncSession) -> list[StaffMember]:
    """The merchant's owners who still work there, by their ids."""
    return await _staff(session, {StaffRole.OWNER})


async def staff_with(session: AsyncSession, right: str) -> list[StaffMember]:
    """Who still works for the merchant and whose role has this right, e.g. payments:book; by their ids."""
    granted = rules_of(right.partition(":")[0]).staff_rights
    return await _staff(session, {role for one in granted if one.right == right for role in one.roles})


async def _staff(session: AsyncSession, roles: Collection[str]) -> list[StaffMember]:
    table = TABLES[StaffMember]
    rows = await session.scalars(select(table.c.state).where(~table.c.deleted).order_by(table.c.id))
    return [one for one in map(StaffMember.FromString, rows) if one.active and one.role in roles]


async def documents(session: AsyncSession, ids: Sequence[UUID]) -> list[Document]:
    """In the order asked for; those that are not known are missing."""
    table = TABLES[Document]
    rows = await session.execute(select(table.c.id, table.c.state).where(table.c.id.in_(ids), ~table.c.deleted))
    known = {row.id: Document.FromString(row.state) for row in rows}
    return [known[id_] for id_ in ids if id_ in known]


async def receivables(session: AsyncSession, document_ids: Sequence[UUID]) -> dict[UUID, Receivable]:
    """The receivables of these documents, by document id; documents without one are left out."""
    table = TABLES[Receivable]
    rows = await session.execute(
        select(table.c.document_id, table.c.state).where(table.c.document_id.in_(document_ids), ~table.c.deleted)
    )
    return {row.document_id: Receivable.FromString(row.state) for row in rows}


async def comments(session: AsyncSession, document_id: UUID, first: int) -> list[Comment]:
    """What was written on a document from this number on, in the order of writing, without what was taken back."""
    table = TABLES[Comment]
    chosen = (table.c.document_id == document_id, table.c.number >= first, ~table.c.deleted)
    rows = await session.scalars(select(table.c.state).where(*chosen).order_by(table.c.number))
    return [Comment.FromString(raw) for raw in rows]


async def newest_document(session: AsyncSession, document_type: str) -> Document | None:
    """The newest document of a type (of any, for the empty one) that has a customer."""
    table = TABLES[Document]
    query = select(table.c.state).where(~table.c.deleted).order_by(table.c.id.desc()).limit(20)
    if document_type:
        query = query.where(table.c.type == document_type)
    found = (Document.FromString(raw) for raw in await session.scalars(query))
    return next((document for document in found if document.customer_id), None)
