"""Secret links over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from kontor_identity.access.services import CallingService
from kontor_identity.capability_links import inspect_capability_link
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Input
from kontor_identity.limits import uniform_time
from kontor_identity.links.opening import inspect_link, open_link, request_new_link
from kontor_identity.links.service import link_for_a_mail, merchants_link, renew_links, revoke_links
from kontor_identity.links.store import Target
from kontor_service.errors import NotFound
from kontor_service.tokens import Principal, ServiceCaller, require

router = APIRouter(tags=["links"])

Editor = Annotated[Principal, Depends(require("customers:edit", "documents:release"))]


class LinkToken(Input):
    token: str


class LinkOpened(LinkToken):
    ip: str = ""


class MailLinkWanted(Input):
    merchant_id: UUID
    customer_id: UUID
    document_id: UUID | None = None
    contact_id: UUID | None = None
    # The address mailed so far reached the wrong mailbox.
    renew: bool = False


def _target(customer_id: UUID, editor: Editor, document_id: UUID | None = None) -> Target:
    return Target(editor.merchant, customer_id, document_id)


Opened = Annotated[Target, Depends(_target)]


@router.get("/v1/customers/{customer_id}/link")
@router.get("/v1/customers/{customer_id}/documents/{document_id}/link")
async def get_link(target: Opened, deps: Deps) -> dict[str, Any]:
    return await merchants_link(deps, target)


@router.post("/v1/customers/{customer_id}/link/renew")
@router.post("/v1/customers/{customer_id}/documents/{document_id}/link/renew")
async def renew(target: Opened, deps: Deps) -> dict[str, Any]:
    return await renew_links(deps, target)


@router.post("/v1/customers/{customer_id}/link/revoke")
@router.post("/v1/customers/{customer_id}/documents/{document_id}/link/revoke")
async def revoke(target: Opened, deps: Deps) -> dict[str, Any]:
    return await revoke_links(deps, target)


@router.post("/v1/document-links")
async def link_for_the_mail(wanted: MailLinkWanted, deps: Deps, caller: ServiceCaller) -> dict[str, str]:
    if caller.merchant_id not in (None, wanted.merchant_id):
        raise NotFound
    target = Target(wanted.merchant_id, wanted.customer_id, wanted.document_id)
    return {"url": await link_for_a_mail(deps, target, wanted.contact_id, renew=wanted.renew)}


@router.post("/v1/sessions/link")
async def open_by_link(body: LinkOpened, deps: Deps, _: CallingService) -> dict[str, Any]:
    started = await open_link(deps, body.token, body.ip)
    return started.answer(document_id=started.actor.state()["document_id"])


@router.post("/v1/links/inspect")
async def look(body: LinkOpened, deps: Deps, _: CallingService) -> dict[str, Any]:
    return await inspect_capability_link(deps, body.token, body.ip) or await inspect_link(deps, body.token)


@router.post("/v1/links/request-new", status_code=202)
async def request_new(body: LinkToken, deps: Deps, _: CallingService) -> dict[str, str]:
    async with uniform_time(deps.settings.uniform_answer_seconds):
        await request_new_link(deps, body.token)
    return {}
