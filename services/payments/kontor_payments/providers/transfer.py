"""Paying by bank transfer: no page of a provider's, but an account, a reference and a code to scan."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import select

from kontor_payments.checkouts.intent import MOST_DOCUMENTS, lock_wanted
from kontor_payments.dependencies import dependencies_of
from kontor_payments.errors import NoBankAccount, NotPayableTogether
from kontor_payments.models import Merchant, Receivable
from kontor_service.epc import epc_payload
from kontor_service.i18n import N_
from kontor_service.money import from_minor
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["transfer"])
Reader = Annotated[Principal, Depends(require("documents:pay", "payments:pay", "documents:read"))]


@router.get("/documents/{document_id}/transfer")
async def transfer_details(
    request: Request,
    document_id: UUID,
    principal: Reader,
    also: Annotated[list[UUID], Query(max_length=MOST_DOCUMENTS)] = [],  # noqa: B006
) -> dict[str, Any]:
    """What to pay today for this document and those in `also`, to whom, under which reference; `epc` is the content of the QR code,
    or null."""
    deps = dependencies_of(request)
    async with deps.db.transaction(principal.merchant) as session:
        accounts = await lock_wanted(session, principal, [document_id, *also], deps.clock)
        rows = [account.row for account in accounts]
        merchant = (await session.exec(select(Merchant).where(Merchant.id == rows[0].merchant_id))).one_or_none()
        amount_minor = sum(account.payable() for account in accounts)
        offered = all(account.offer.provider_of(account.row, "transfer") for account in accounts)
    if merchant is None or not offered:
        raise NoBankAccount
    # The account that a document names; the merchant's own only where it names none.
    accounts_of = {_account(row if row.iban else merchant) for row in rows}
    if len(accounts_of) > 1:
        raise NotPayableTogether(N_("These documents are to be paid into different accounts."), field="also")
    holder, iban, bic = accounts_of.pop()
    currency, reference = rows[0].currency, _reference(rows)
    amount = from_minor(amount_minor, currency)
    return {
        "holder": holder,
        "iban": iban,
        "bic": bic,
        "amount_minor": amount_minor,
        "currency": currency,
        "reference": reference,
        "epc": epc_payload(holder, iban, bic, amount, reference) or None if currency == "EUR" else None,
    }


def _account(named: Receivable | Merchant) -> tuple[str, str, str]:
    return named.account_holder, named.iban, named.bic


def _reference(rows: Sequence[Receivable]) -> str:
    """Of several the numbers, by which a bank statement's entry finds them."""
    if len(rows) == 1:
        return rows[0].payment_reference or rows[0].document_number
    return ", ".join(row.document_number for row in rows)
