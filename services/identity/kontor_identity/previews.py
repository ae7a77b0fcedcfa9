"""Previews (A10): staff look at a customer's portal as the customer sees it, and can do nothing there.

Identity makes a one-time address of the gateway; whoever opens it within a minute gets a session of kind `preview`. No
token is ever signed for such a session (`SessionActor.rights`).
"""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from kontor_identity.access.services import CallingService
from kontor_identity.access.tokens import PortalOff
from kontor_identity.challenges import new_challenge, open_challenge, use_challenge
from kontor_identity.customers.store import ContactMissing, CustomerMissing
from kontor_identity.dependencies import Dependencies, Deps
from kontor_identity.fields import Input
from kontor_identity.keys.derived import Purpose
from kontor_identity.links.rules import why_closed
from kontor_identity.models import Contact, Customer, Merchant
from kontor_identity.passwords.person import person_of
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import Started, start_session
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/previews", tags=["previews"])

Viewer = Annotated[Principal, Depends(require("previews:read"))]

_OPENED_WITHIN = timedelta(minutes=1)


class PreviewWanted(Input):
    """Of a customer's portal, as a contact person sees it where one is named. The document may wait for its release."""

    customer_id: UUID
    contact_id: UUID | None = None
    document_id: UUID | None = None


class PreviewToken(Input):
    token: str
    ip: str = ""


@router.post("", status_code=201)
async def post_preview(wanted: PreviewWanted, deps: Deps, viewer: Viewer, response: Response) -> dict[str, str]:
    """`url`: the address that opens it, once and within a minute. It is a secret."""
    response.headers["Cache-Control"] = "no-store"
    return {"url": await new_preview(deps, viewer, wanted)}


@router.post("/open")
async def open_preview(body: PreviewToken, deps: Deps, _: CallingService) -> dict[str, Any]:
    return (await start_preview(deps, body.token, body.ip)).answer()


async def new_preview(deps: Dependencies, viewer: Principal, wanted: PreviewWanted) -> str:
    """The one-time address. Raises CustomerMissing, ContactMissing, PortalOff."""
    async with deps.db.transaction(viewer.merchant) as session:
        customer = await session.get(Customer, wanted.customer_id)
        if customer is None:
            raise CustomerMissing
        if why_closed(await session.get_one(Merchant, viewer.merchant), customer):
            raise PortalOff
        contact = await session.get(Contact, wanted.contact_id) if wanted.contact_id else None
        if wanted.contact_id and (contact is None or contact.customer_id != customer.id or contact.access == "revoked"):
            raise ContactMissing
        staff = await person_of(session, viewer)
        seen_as = contact or customer
        challenge = new_challenge(
            deps, viewer.merchant, kind="preview", lifetime=_OPENED_WITHIN, email=seen_as.email, name=seen_as.name,
            language=seen_as.language, staff_id=staff.id, customer_id=customer.id, contact_id=wanted.contact_id,
            document_id=wanted.document_id,
        )  # fmt: skip
        session.add(challenge)
        return f"{deps.settings.portal_url}/vorschau/{deps.secrets.token(Purpose.PREVIEW, challenge.id)}"


async def start_preview(deps: Dependencies, text: str, ip: str) -> Started:
    """Raises LinkUnknown, LinkExpired, SessionEnded, PortalOff."""
    challenge = await open_challenge(deps, text, "preview")
    async with deps.db.transaction(challenge.merchant_id) as session:
        await session_starts(session, challenge.merchant_id)
        await use_challenge(session, challenge)
        return await start_session(
            session, deps, kind="preview", merchant_id=challenge.merchant_id, ip=ip, staff_id=challenge.staff_id,
            email=challenge.email, customer_id=challenge.customer_id, contact_id=challenge.contact_id,
            document_id=challenge.document_id,
        )  # fmt: skip
