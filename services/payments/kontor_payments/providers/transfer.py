"""Paying by bank transfer: no page of a provider's, but an account, a reference and a code to scan."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import select

from kontor_payments.dependencies import dependencies_of
from kontor_payments.errors import NoBankAccount
from kontor_payments.models import Merchant, Receivable
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import lock
from kontor_service.epc import epc_payload
from kontor_service.money import from_minor
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
    # The account that the document names; the merchant's own only where it names none.
    account_of: Receivable | Merchant = row if row.iban else merchant
    holder, iban, bic = account_of.account_holder, account_of.iban, account_of.bic
    reference = row.payment_reference or row.document_number
    amount = from_minor(amount_minor, row.currency)
    return {
        "holder": holder,
        "iban": iban,
        "bic": bic,
        "amount_minor": amount_minor,
        "currency": row.currency,
        "reference": reference,
        "epc": epc_payload(holder, iban, bic, amount, reference) or None if row.currency == "EUR" else None,
    }
