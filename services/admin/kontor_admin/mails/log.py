"""Every mail, whether it arrived, and sending it again."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import refused
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command
from kontor_edge.paging import Keyset, slice_of
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

STATES = ("queued", "sent", "failed", "bounced", "suppressed")
KINDS = (
    "document_shared", "documents_shared", "invitation", "payment_received", "payment_pending", "payment_failed", "document_link",
    "login_code", "password_reset", "email_change",
)  # fmt: skip


class MailMissing(NotFound):
    code, title = "mail_unknown", "There is no such mail"


@router.get("")
async def mails(request: Request) -> Response:
    query = request.query_params
    keyset = Keyset.of(request, ("time",), "time")
    state, kind = query.get("state"), query.get("art")
    kinds = [*KINDS, *(kind for feature in edge_of(request).features for kind in feature.mails)]
    staff, row = await query_view(
        request, f"mails_by_time_{keyset.direction}", of_state=state if state in STATES else None, of_kind=kind if kind in kinds else None,
        of_words=search_patterns(query.get("q", "")), **keyset.arguments,
    )  # fmt: skip
    page = slice_of(row, keyset)
    return pages(request).render(
        request, "mails/list.html", page_context(request, staff, "mails"), staff=staff, page=page, q=query.get("q", ""), kinds=kinds,
        mail_states=STATES, filtered=any(query.get(name) for name in ("q", "state", "art")), next=page.query(request, after=page.after),
        previous=page.query(request, before=page.before),
    )  # fmt: skip


async def _mail(request: Request, mail_id: UUID) -> tuple[Staff, dict[str, Any]]:
    staff, row = await query_view(request, "mail", asked=mail_id)
    if row["mail"] is None:
        raise MailMissing()
    return staff, loads(row["mail"])


@router.get("/{mail_id:uuid}/erneut")
async def resend_page(request: Request, mail_id: UUID) -> Response:
    staff, mail = await _mail(request, mail_id)
    return _page(request, staff, mail, Form.of({"recipient": mail["recipient"]}))


@router.post("/{mail_id:uuid}/erneut")
async def resend(request: Request, mail_id: UUID) -> Response:
    """To the same address, or to a corrected one; links in it are made anew."""
    staff, mail = await _mail(request, mail_id)
    form = await read_form(request)
    recipient = form.email("recipient", required=True)
    status = 422
    if form.ok:
        wanted = {"recipient": recipient} if recipient != mail["recipient"] else {}
        try:
            await command(request, "notifications", "mails:resend", "POST", f"/v1/mails/{mail_id}/resend", json=wanted)
            return pages(request).redirect(
                "/mails", good=_("The mail to %(recipient)s is on its way.", recipient=recipient)
            )
        except Problem as problem:
            status = refused(form, problem)
    return _page(request, staff, mail, form, status)


def _page(request: Request, staff: Staff, mail: dict[str, Any], form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request,
        "mails/resend.html",
        page_context(request, staff, "mails", live=False),
        status=status,
        mail=mail,
        form=form,
    )
