"""Pay links for staff and other systems, and what such a link shows."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import col, select

from kontor_payments.checkouts.intent import lock_wanted
from kontor_payments.dependencies import dependencies_of
from kontor_payments.errors import PayLinkRevoked
from kontor_payments.models import Receivable
from kontor_payments.paylinks import service
from kontor_payments.paylinks.models import PayLink
from kontor_payments.paylinks.service import PayLinkInput
from kontor_payments.receivables.access import PAY_LINK, pay_link
from kontor_payments.receivables.account import Account
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["pay links"])
Editor = Annotated[Principal, Depends(require("payments:edit"))]
Holder = Annotated[Principal, Depends(require("payments:pay"))]

_MOST = 100


@router.post("/pay-links", status_code=201)
async def create(request: Request, wanted: PayLinkInput, principal: Editor) -> dict[str, Any]:
    """`resource` is what identity makes the address for. The same documents again give the same link until it is revoked."""
    link, accounts = await service.create(dependencies_of(request), principal, wanted)
    return _shown(link) | {"documents": [_payable_document(account) for account in accounts]}


@router.get("/customers/{customer_id}/pay-links")
async def links(request: Request, customer_id: UUID, principal: Editor) -> dict[str, Any]:
    """A customer's links that work, the latest first, each with the numbers of its documents."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        query = select(PayLink).where(PayLink.customer_id == customer_id, col(PayLink.revoked_at).is_(None))
        found = list(await session.exec(query.order_by(col(PayLink.created_at).desc()).limit(_MOST)))
        ids = {UUID(id) for link in found for id in link.document_ids}
        named = select(Receivable.document_id, Receivable.document_number, Receivable.open_minor, Receivable.currency)
        rows = {row[0]: row for row in await session.exec(named.where(col(Receivable.document_id).in_(ids)))}
    return {"links": [_listed(link, [rows[UUID(id)] for id in link.document_ids]) for link in found]}


@router.post("/pay-links/{link_id}/revoke")
async def revoke(request: Request, link_id: UUID, principal: Editor) -> dict[str, Any]:
    """A checkout that was started by it can still be paid."""
    return _shown(await service.revoke(dependencies_of(request), principal, link_id))


@router.get("/pay-link")
async def show(request: Request, principal: Holder) -> dict[str, Any]:
    """What whoever holds the link needs to pay: number, amount, methods, and nothing else of the customer. 410 once it is revoked."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        link = await pay_link(session, principal)
        if link is None:
            raise PayLinkRevoked
        accounts = await lock_wanted(session, principal, [UUID(id) for id in link.document_ids], deps.clock)
        return {"documents": [_payable_document(account) for account in accounts]}


def _payable_document(account: Account) -> dict[str, Any]:
    row = account.row
    return {
        "document_id": str(row.document_id),
        "number": row.document_number,
        "type": row.document_type,
        "due_date": row.due_date.isoformat() if row.due_date else None,
        "today": account.today.isoformat(),
        "state": row.state,
        "currency": row.currency,
        "open_minor": row.open_minor,
        "payable_minor": account.payable(),
        "partial_minimum_minor": account.offer.partial_minimum_minor,
        "cash_discounts": row.cash_discounts,
        "methods": account.offer.methods(row),
        "last_method": row.last_method,
        "last_failure": row.last_failure,
        "expected_on": row.expected_on.isoformat() if row.expected_on else None,
    }


def _shown(link: PayLink) -> dict[str, Any]:
    return {
        "id": str(link.id),
        "resource": f"{PAY_LINK}{link.id}",
        "customer_id": str(link.customer_id),
        "created_at": link.created_at.isoformat(),
        "created_by": link.created_by,
        "revoked": link.revoked_at is not None,
    }


def _listed(link: PayLink, rows: list[Any]) -> dict[str, Any]:
    open_minor = sum(row.open_minor for row in rows)
    numbers = [row.document_number for row in rows]
    return _shown(link) | {"numbers": numbers, "open_minor": open_minor, "currency": rows[0].currency}
