"""What somebody wants to pay, before anything is written: which receivables, through which provider, how it is described there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field, HttpUrl
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_payments.errors import MethodNotOffered, NotPayable, NotPayableTogether
from kontor_payments.models import Customer
from kontor_payments.receivables.access import reachable_several
from kontor_payments.receivables.account import Account, lock_several
from kontor_service.clock import Clock
from kontor_service.i18n import N_, speaking
from kontor_service.tokens import Principal
from kontor_service.validation import Line
from kontor_service.vocabulary import word

# Of one checkout: what fits on a page, and is locked at once.
MOST_DOCUMENTS = 50
_OVER = N_("The document was cancelled.")
_OVER_QUOTE = N_(
    "The quote was changed, withdrawn or has run out meanwhile. Nothing is to be paid; please open it once more."
)


class CheckoutInput(BaseModel):
    documents: list[UUID] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    method: Line = Field(min_length=1, max_length=40)
    return_url: HttpUrl
    # Where "cancel" leads; the return address unless given.
    cancel_url: HttpUrl | None = None
    language: str = Field(default="de", pattern="^(de|en)$")
    # Less than all that is to be paid, of one document, where the merchant allows it.
    amount_minor: int | None = Field(default=None, ge=1, lt=2**53)


async def lock_wanted(
    session: AsyncSession, principal: Principal, document_ids: Sequence[UUID], clock: Clock
) -> list[Account]:  # fmt: skip
    """Of documents of one customer in one currency, each once. Raises DocumentNotFound, NotPayable, NotPayableTogether."""
    rows = {row.id: row for row in await reachable_several(session, principal, document_ids)}
    if len({row.customer_id for row in rows.values()}) > 1:
        raise NotPayableTogether(N_("These documents belong to different customers."), field="documents")
    if len({row.currency for row in rows.values()}) > 1:
        raise NotPayableTogether(N_("These documents are in different currencies."), field="documents")
    return await lock_several(session, list(rows), clock)


def what_is_settled(accounts: Sequence[Account]) -> str:
    """already_paid or on_its_way where that is true of all of them, else empty. Raises NotPayable where it is true of some."""
    found = {account.row.document_number: _settled(account) for account in accounts}
    states = set(found.values())
    if "" not in states:
        return "on_its_way" if "on_its_way" in states else "already_paid"
    if len(states) > 1:
        number = next(number for number, state in found.items() if state)
        raise NotPayable(
            N_("%(number)s has been paid meanwhile, or the payment is on its way. Please choose again."),
            code="paid_meanwhile", field="documents", number=number,
        )  # fmt: skip
    return ""


def _settled(account: Account) -> str:
    figures = account.figures()
    if figures.state == "cancelled":
        raise NotPayable(_OVER_QUOTE if account.row.document_type == DocumentType.QUOTE else _OVER)
    if figures.state == "paid":
        return "already_paid"
    return "" if figures.open_minor else "on_its_way"


def provider_for(accounts: Sequence[Account], method: str) -> str:
    """The one that takes this method for each of them. Raises MethodNotOffered."""
    found = {account.offer.provider_of(account.row, method) for account in accounts}
    provider = found.pop()
    if found or provider is None or provider == "transfer":
        raise MethodNotOffered(N_("%(method)s has no payment page here."), field="method", method=method)
    return provider


async def for_provider(session: AsyncSession, accounts: Sequence[Account], wanted: CheckoutInput) -> dict[str, Any]:
    """What the provider is told besides the amount; its keys are fields of CheckoutRequest."""
    rows = [account.row for account in accounts]
    email = (await session.exec(select(Customer.email).where(Customer.id == rows[0].customer_id))).one_or_none()
    common = [m["code"] for m in rows[0].methods if all(m in row.methods for row in rows)]
    return {
        "methods": [code for code in common if code != "transfer"],
        "description": description_of(accounts, wanted.language),
        "customer_email": email or "",
        "language": wanted.language,
        "return_url": str(wanted.return_url),
        "cancel_url": str(wanted.cancel_url or wanted.return_url),
    }


def description_of(accounts: Sequence[Account], language: str) -> str:
    """What the customer reads at the provider, and on the statement of their card or account."""
    rows, merchant = [account.row for account in accounts], accounts[0].offer.merchant_name
    with speaking(language):
        named = word(DocumentType, rows[0].document_type) if len(rows) == 1 else ""
    what = f"{named} {', '.join(row.document_number for row in rows)}".strip()
    return f"{what} · {merchant}" if merchant else what
