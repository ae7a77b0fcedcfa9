"""Pay links (D11): staff choose open documents of a customer, and send the address that pays them without log-in."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act, submit
from kontor_edge.edge import pages
from kontor_edge.owners import command, query_owner
from kontor_edge.query import loads
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import NotFound, Problem, Unavailable
from kontor_service.formats import money
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/zahlungslinks")

EDIT = "payments:edit"


@router.get("/{customer_id:uuid}")
async def choose(request: Request, customer_id: UUID) -> Response:
    """`?document=` (several): those are ticked."""
    form = Form.of({"document": request.query_params.getlist("document")})
    return await _page(request, customer_id, form)


@router.post("/{customer_id:uuid}")
async def make(request: Request, customer_id: UUID) -> Response:
    """The address is a secret: it is made for this page alone, and kept nowhere but at identity."""
    form = await read_form(request)
    ids = form.many("document")
    if not ids:
        form.error("document", _("Please choose at least one document."))
    made, status = await submit(
        request, form, "payments", EDIT, "/v1/pay-links", json={"documents": ids}, names={"documents": "document"}
    )
    url = await _url(request, made["resource"]) if made else None
    return await _page(request, customer_id, form, made=made, url=url, status=status)


@router.post("/{customer_id:uuid}/{link_id:uuid}/adresse")
async def show(request: Request, customer_id: UUID, link_id: UUID) -> Response:
    """The address of a link that is there already."""
    await read_form(request)
    known = await _links(request, customer_id)
    link = next((one for one in known or () if one["id"] == str(link_id)), None)
    if link is None:
        raise NotFound
    made = link | {"documents": [{"number": number} for number in link["numbers"]]}
    return await _page(request, customer_id, Form.of(), made=made, url=await _url(request, link["resource"]))


@router.post("/{customer_id:uuid}/{link_id:uuid}/widerrufen")
async def revoke(request: Request, customer_id: UUID, link_id: UUID) -> Response:
    await read_form(request)
    return await act(
        request, "payments", EDIT, "POST", f"/v1/pay-links/{link_id}/revoke", back=f"/zahlungslinks/{customer_id}",
        good=_("The pay link no longer works."),
    )  # fmt: skip


async def _url(request: Request, resource: str) -> str:
    answer = await command(
        request, "identity", EDIT, "POST", "/v1/capability-links", json={"resources": [resource]}
    )  # fmt: skip
    return str(answer["links"][0]["url"])


async def _links(request: Request, customer_id: UUID) -> list[dict[str, Any]] | None:
    """None where payments does not answer."""
    try:
        answer = await query_owner(request, "payments", EDIT, f"/v1/customers/{customer_id}/pay-links")
    except Unavailable:
        return None
    found: list[dict[str, Any]] = answer["links"]
    return found


async def _page(
    request: Request,
    customer_id: UUID,
    form: Form,
    *,
    made: dict[str, Any] | None = None,
    url: str | None = None,
    status: int = 200,
) -> Response:
    staff, row = await query_view(request, "open_of_customer", asked=customer_id)
    customer = loads(row["customer"])
    if customer is None:
        raise NotFound
    try:
        links = await _links(request, customer_id)
    except Problem as problem:
        if problem.status != 403:
            raise
        return pages(request).redirect(f"/kunden/{customer_id}", bad=problem.detail)
    return pages(request).render(
        request, "payments/paylinks.html", page_context(request, staff, "payments", live=False), status=status,
        customer=customer, documents=loads(row["documents"], []), links=links, form=form, made=made, url=url,
        mail=_mail(staff, customer, made, url) if made and url else None,
    )  # fmt: skip


def _mail(staff: Staff, customer: dict[str, Any], made: dict[str, Any], url: str) -> str:
    """Opens a mail with the address in the sender's own program."""
    numbers = ", ".join(one["number"] for one in made["documents"])
    sums = [one["payable_minor"] for one in made["documents"] if "payable_minor" in one]
    name = staff.merchant.get("name", "")
    said = _("You can pay %(numbers)s here, without log-in:", numbers=numbers)
    if sums:
        amount = money(sum(sums), made["documents"][0]["currency"], staff.language)
        said = _("You can pay %(numbers)s (%(amount)s) here, without log-in:", numbers=numbers, amount=amount)
    subject = _("Pay %(numbers)s", numbers=numbers)
    body = f"{said}\n\n{url}\n\n{name}"
    return f"mailto:{quote(customer.get('email') or '')}?subject={quote(subject)}&body={quote(body)}"
