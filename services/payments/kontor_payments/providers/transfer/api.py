"""Paying by bank transfer: no page of a provider's, but an account, a reference and a code to scan."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import select

from kontor_payments.dependencies import dependencies_of
from kontor_payments.errors import NoBankAccount
from kontor_payments.models import Merchant
from kontor_payments.providers.transfer.epc import epc_payload
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import lock
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["transfer"])
Reader = Annotated[Principal, Depends(require("documents:pay", "documents:read"))]


@router.get("/documents/{document_id}/transfer")
async def instructions(request: Request, document_id: UUID, principal: Reader) -> dict[str, Any]:
    """What to pay today, to whom, under which reference; `epc` is the content of the QR code, or null."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        row = await reachable(session, principal, document_id)
        account = await lock(session, row.id, deps.clock)
        merchant = (await session.exec(select(Merchant).where(Merchant.id == row.merchant_id))).one_or_none()
        amount_minor = account.payable()
        offered = account.offer.provider_of(row, "transfer")
    if merchant is None or offered is None:
        raise NoBankAccount
    payload: dict[str, Any] = {
        "holder": merchant.account_holder,
        "iban": merchant.iban,
        "bic": merchant.bic,
        "amount_minor": amount_minor,
        "currency": row.currency,
        "reference": row.payment_reference or row.document_number,
    }
    return payload | {"epc": epc_payload(**payload)}
