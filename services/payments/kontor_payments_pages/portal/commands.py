"""What the gateway asks payments for on a customer's behalf; each with a token for this one command."""

from typing import Any
from uuid import UUID

from fastapi import Request

from kontor_edge.owners import command


async def start_checkout(
    request: Request, document_id: UUID, *, method: str, return_url: str, language: str
) -> dict[str, Any]:
    """`redirect_url` is the provider's page; missing where nothing is to be paid any more: then `status` says why.

    Raises Unavailable, Conflict, Forbidden as the owners say.
    """
    return await command(
        request, "payments", "documents:pay", "POST", f"/v1/documents/{document_id}/checkouts",
        json={"method": method, "return_url": return_url, "language": language},
    )  # fmt: skip


async def transfer_details(request: Request, document_id: UUID) -> dict[str, Any]:
    """What to write on a bank transfer; `epc` is the text of the QR code that banking apps read (EPC069-12); None where
    the currency or the amount has none."""
    return await command(request, "payments", "documents:pay", "GET", f"/v1/documents/{document_id}/transfer")


async def checkout_state(request: Request, checkout_id: UUID) -> str:
    """What has become of a checkout; the provider is asked where its word has not come yet."""
    answer = await command(request, "payments", "documents:pay", "POST", f"/v1/checkouts/{checkout_id}/reconcile")
    return str(answer["state"])
