"""Who may see and pay which receivable. What is out of reach is not there."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.errors import DocumentNotFound, NotPayable
from kontor_payments.models import Document, Receivable
from kontor_payments.paylinks.models import PayLink
from kontor_service.i18n import N_
from kontor_service.tokens import Principal

# How identity names a pay link; its id follows.
PAY_LINK = "payments.pay_link:"
# Act for the merchant, whose rows alone row-level security shows; everybody else acts for customers.
_MERCHANTS = frozenset({"staff", "key", "service"})


async def reachable(session: AsyncSession, principal: Principal, document_id: UUID) -> Receivable:
    """As `reachable_several`, of one document."""
    return (await reachable_several(session, principal, [document_id]))[0]


async def reachable_several(
    session: AsyncSession, principal: Principal, document_ids: Sequence[UUID]
) -> list[Receivable]:  # fmt: skip
    """Each document's receivable, for a reminder that of its invoice. Raises DocumentNotFound, also for a credit note; NotPayable for
    a reminder of several invoices, which are paid one by one."""
    query = select(Receivable).where(col(Receivable.document_id).in_(document_ids), Receivable.credit_minor == 0)
    found = {row.document_id: row for row in await session.exec(query)}
    return [await _payable(session, principal, found.get(document_id)) for document_id in document_ids]


async def _payable(session: AsyncSession, principal: Principal, row: Receivable | None) -> Receivable:
    if row is None or not await may_reach(session, principal, row):
        raise DocumentNotFound
    if len(row.repeats_document_ids) > 1:
        raise NotPayable(N_("The invoices of this reminder are paid one by one."))
    if row.repeats_document_ids:
        query = select(Receivable).where(Receivable.document_id == UUID(row.repeats_document_ids[0]))
        row = (await session.exec(query)).one()
    return row


async def may_reach(session: AsyncSession, principal: Principal, row: Receivable) -> bool:
    """A customer reaches the documents of their customers; a link of one document only that one's thread; a pay link those that it
    is for."""
    if principal.subject.partition(":")[0] in _MERCHANTS:
        return True
    if principal.resource is not None:
        return str(row.document_id) in await linked_documents(session, principal)
    if row.customer_id not in principal.customers:
        return False
    if principal.document_id is None or principal.document_id == row.document_id:
        return True
    query = select(Document.thread_id).where(Document.id == principal.document_id)
    thread = (await session.exec(query)).one_or_none()
    return bool(thread) and thread == row.thread_id


async def pay_link(session: AsyncSession, principal: Principal) -> PayLink | None:
    """The link by which somebody acts without log-in; None once it is revoked."""
    if principal.resource is None or not principal.resource.startswith(PAY_LINK):
        return None
    query = select(PayLink).where(PayLink.id == UUID(principal.resource.removeprefix(PAY_LINK)))
    return (await session.exec(query.where(col(PayLink.revoked_at).is_(None)))).one_or_none()


async def linked_documents(session: AsyncSession, principal: Principal) -> frozenset[str]:
    found = await pay_link(session, principal)
    return frozenset(found.document_ids if found else ())
