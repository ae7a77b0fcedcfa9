"""Pay links (D11): one or several documents of a customer, paid without log-in by whoever holds the address."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts.intent import MOST_DOCUMENTS, lock_wanted
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import DocumentNotFound, NotPayable, PayLinkNotFound
from kontor_payments.models import Document
from kontor_payments.paylinks.models import PayLink
from kontor_payments.receivables.account import Account
from kontor_service.i18n import N_
from kontor_service.tokens import Principal
from kontor_service.validation import Line, wrong


class PayLinkInput(BaseModel):
    """Documents by our ids or by the ids that another system gave them, of one customer in one currency."""

    documents: list[UUID] = Field(default=[], max_length=MOST_DOCUMENTS)
    external_ids: list[Line] = Field(default=[], max_length=MOST_DOCUMENTS)

    @model_validator(mode="after")
    def _named_in_one_way(self) -> "PayLinkInput":
        if bool(self.documents) == bool(self.external_ids):
            raise wrong("pay_link_documents", N_("Please name at least one document, all in the same way."))
        return self


async def create(deps: Dependencies, principal: Principal, wanted: PayLinkInput) -> tuple[PayLink, list[Account]]:
    """The link that is for just these documents, unless it was revoked; else a new one.

    Raises DocumentNotFound, NotPayableTogether; NotPayable where nothing is to be paid on one of them, or not here.
    """
    async with deps.db.transaction(principal.merchant) as session:
        ids = wanted.documents or await _by_external_id(session, wanted.external_ids)
        accounts = await lock_wanted(session, principal, ids, deps.clock)
        for account in accounts:
            _check(account)
        named = [str(account.row.document_id) for account in accounts]
        customer_id = accounts[0].row.customer_id
        assert customer_id is not None
        known = select(PayLink).where(PayLink.customer_id == customer_id, col(PayLink.revoked_at).is_(None))
        found = next((link for link in await session.exec(known) if link.document_ids == named), None)
        if found is None:
            found = PayLink(
                merchant_id=principal.merchant, customer_id=customer_id, document_ids=named,
                created_at=datetime.now(UTC), created_by=principal.name or principal.subject,
            )  # fmt: skip
            session.add(found)
        return found, accounts


def _check(account: Account) -> None:
    row = account.row
    if not account.payable() or not account.offer.methods(row):
        raise NotPayable(
            N_("Nothing can be paid here on %(number)s."), field="documents", number=row.document_number
        )  # fmt: skip


async def _by_external_id(session: AsyncSession, external_ids: Sequence[str]) -> list[UUID]:
    """Raises DocumentNotFound with the place of the first that is not known."""
    query = select(Document.external_id, Document.id).where(
        col(Document.external_id).in_(external_ids), ~col(Document.deleted)
    )
    found = dict(list(await session.exec(query.order_by(col(Document.issue_date), col(Document.id)))))
    for place, external_id in enumerate(external_ids):
        if external_id not in found:
            raise DocumentNotFound(field=f"documents[{place}]")
    return [found[external_id] for external_id in external_ids]


async def revoke(deps: Dependencies, principal: Principal, link_id: UUID) -> PayLink:
    """Its address leads nowhere from now on. Raises PayLinkNotFound."""
    async with deps.db.transaction(principal.merchant) as session:
        query = select(PayLink).where(PayLink.id == link_id).with_for_update()
        link = (await session.exec(query)).one_or_none()
        if link is None:
            raise PayLinkNotFound
        link.revoked_at = link.revoked_at or datetime.now(UTC)
        return link
