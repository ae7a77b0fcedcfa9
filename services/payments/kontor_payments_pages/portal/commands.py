"""What the gateway asks payments for on a customer's behalf; each with a token for this one command.

`link`: as whoever holds this pay link, instead of the session.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request

from kontor_edge.owners import command

PAY = "documents:pay"
# What a pay link allows.
PAY_BY_LINK = "payments:pay"


def _right(link: str | None) -> str:
    return PAY_BY_LINK if link else PAY


async def start_checkout(
    request: Request,
    document_ids: Sequence[UUID],
    *,
    method: str,
    return_url: str,
    language: str,
    amount_minor: int | None = None,
    link: str | None = None,
) -> dict[str, Any]:
    """`redirect_url` is the provider's page; missing where nothing is to be paid any more: then `status` says why.
    `amount_minor`: less than all that is to be paid, of one document.

    Raises Unavailable, Conflict, Forbidden, Invalid as the owners say.
    """
    wanted = {
        "documents": [str(id) for id in document_ids], "method": method, "return_url": return_url,
        "language": language, "amount_minor": amount_minor,
    }  # fmt: skip
    return await command(request, "payments", _right(link), "POST", "/v1/checkouts", json=wanted, link=link)


async def transfer_details(
    request: Request, document_ids: Sequence[UUID], *, link: str | None = None
) -> dict[str, Any]:  # fmt: skip
    """What to write on a bank transfer for all of them; `epc` is the text of the QR code that banking apps read (EPC069-12);
    None where the currency or the amount has none."""
    first, *also = (str(id) for id in document_ids)
    path = f"/v1/documents/{first}/transfer"
    return await command(request, "payments", _right(link), "GET", path, params={"also": also}, link=link)


async def checkout_state(request: Request, checkout_id: UUID, *, link: str | None = None) -> str:
    """What has become of a checkout; the provider is asked where its word has not come yet."""
    path = f"/v1/checkouts/{checkout_id}/reconcile"
    answer = await command(request, "payments", _right(link), "POST", path, link=link)
    return str(answer["state"])


async def confirmation(request: Request, document_id: UUID) -> dict[str, Any]:
    """The provider's page on which a charge of a saved method is confirmed; Conflict where none waits for that."""
    return await command(request, "payments", PAY, "POST", f"/v1/documents/{document_id}/confirmation")
