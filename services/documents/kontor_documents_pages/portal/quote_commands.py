"""What the portal asks documents for about quotes, for pages and JSON alike; each with a token for this one command."""

from typing import Any
from uuid import UUID

from fastapi import Request

from kontor_edge.edge import client_ip
from kontor_edge.owners import command

_RIGHT = "documents:accept"
_MAX_USER_AGENT = 1_000


async def save_selection(request: Request, document_id: UUID, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Keeps what is chosen; `selection` of the answer has lines and totals in minor units. Raises Invalid at lines[i], Conflict."""
    return await _command(request, "PUT", document_id, "selection", {"lines": lines})


async def accept(request: Request, document_id: UUID, wanted: dict[str, Any], *, language: str) -> dict[str, Any]:
    """`state`: accepted, or promised where `asked_minor` is to be paid first; `order_confirmation_id` once there is one.

    Raises Invalid, and Conflict with the codes quote_amended (its `difference` says what is new), quote_expired,
    already_decided and withdrawn.
    """
    return await _command(request, "POST", document_id, "acceptance", wanted | _seen(request, language))


async def decline(request: Request, document_id: UUID, wanted: dict[str, Any], *, language: str) -> dict[str, Any]:
    """Raises Conflict with the codes of `accept`."""
    return await _command(request, "POST", document_id, "decline", wanted | _seen(request, language))


async def ask(request: Request, document_id: UUID, what: str, text: str) -> dict[str, Any]:
    """`what`: extension (more time) or new-offer. Raises Conflict."""
    return await _command(request, "POST", document_id, f"{what}-request", {"text": text}, right="documents:read")


async def _command(
    request: Request, method: str, document_id: UUID, verb: str, body: dict[str, Any], *, right: str = _RIGHT
) -> dict[str, Any]:
    return await command(request, "documents", right, method, f"/v1/documents/{document_id}/{verb}", json=body)


def _seen(request: Request, language: str) -> dict[str, Any]:
    """What the evidence keeps of the request itself."""
    agent = "".join(sign for sign in request.headers.get("user-agent", "") if sign.isprintable())
    return {"request": {"ip": client_ip(request), "user_agent": agent[:_MAX_USER_AGENT], "language": language}}
