"""What the gateway asks payments for on a customer's behalf; each with a token for this one command."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from kontor_edge.owners import command


@dataclass(frozen=True, slots=True)
class Transfer:
    """What to write on a bank transfer; `epc` is the text of the QR code that banking apps read (EPC069-12); None where
    the currency or the amount has none."""

    iban: str
    bic: str
    holder: str
    amount_minor: int
    currency: str
    reference: str
    epc: str | None


@dataclass(frozen=True, slots=True)
class Checkout:
    """`redirect_url` is the provider's page; empty where nothing is to be paid any more: then `status` says why."""

    id: str
    redirect_url: str
    status: str


async def start_checkout(
    request: Request, document_id: UUID, *, method: str, return_url: str, language: str, key: str
) -> Checkout:
    """`key` makes a repeated click the same checkout. Raises Unavailable, Conflict, Forbidden as the owners say."""
    answer = await command(
        request, "payments", "documents:pay", "POST", f"/v1/documents/{document_id}/checkouts",
        json={"method": method, "return_url": return_url, "language": language}, key=key,
    )  # fmt: skip
    return Checkout(answer.get("checkout_id", ""), answer.get("redirect_url", ""), answer.get("status", ""))


async def transfer_details(request: Request, document_id: UUID) -> Transfer:
    answer = await command(request, "payments", "documents:pay", "GET", f"/v1/documents/{document_id}/transfer")
    return Transfer(**{name: answer[name] for name in Transfer.__dataclass_fields__})


async def checkout_state(request: Request, checkout_id: UUID) -> str:
    """What has become of a checkout; the provider is asked where its word has not come yet."""
    answer = await command(request, "payments", "documents:pay", "POST", f"/v1/checkouts/{checkout_id}/reconcile")
    return str(answer["state"])
