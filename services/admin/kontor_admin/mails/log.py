"""Every mail, whether it arrived, what it said, and sending it again, where needed with other words."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from kontor.notifications.v1.notifications_pb2_codes import MailState
from kontor_admin.words import mail_name
from kontor_edge.acting import submit
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.owners import query_owner
from kontor_edge.query import loads
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

_RIGHT = "mails:resend"

# The kinds that occur, with their names, from one to the next along the index.
_KINDS = """(
    WITH RECURSIVE found AS (
        (SELECT m.kind, m.data ->> 'label' AS label FROM mail m
         WHERE m.merchant_id = r.merchant_id AND NOT m.deleted ORDER BY m.kind LIMIT 1)
        UNION ALL
        SELECT beyond.kind, beyond.label FROM found, LATERAL (
            SELECT m.kind, m.data ->> 'label' AS label FROM mail m
            WHERE m.merchant_id = r.merchant_id AND NOT m.deleted AND m.kind > found.kind ORDER BY m.kind LIMIT 1
        ) beyond
    )
    SELECT json_agg(json_build_array(kind, label)) FROM found
)"""

MAILS = ListPage(
    "mails", STAFF,
    source="mail m LEFT JOIN customer c ON c.id = m.customer_id AND c.merchant_id = m.merchant_id",
    where="m.merchant_id = r.merchant_id AND NOT m.deleted",
    # Neither bodies nor links are in it.
    id="m.id", entry="""'{"customer":' || coalesce(to_json(c.name)::text, 'null') || ',' || substr(m.data::text, 2)""",
    sort="time", sorts={"time": "m.by_time"},
    columns=(
        ListColumn("to", N_("To")),
        ListColumn("subject", N_("Subject")),
        ListColumn("state", N_("Status")),
        ListColumn("when", N_("When"), css="nowrap"),
        ListColumn("again", "", css="num"),
    ),
    others=(
        Filter("kind", "m.kind = {it}", label=N_("Kind"), every=N_("All kinds"), alias="art"),
        Filter("state", "m.state = {it}", words={code: code.word for code in MailState}, label=N_("Status"), every=N_("Any status")),
    ),
    facts={"kinds": ("json", _KINDS)}, search=("m.words",), hint=N_("Recipient, subject, number"),
)  # fmt: skip


MailMissing = NotFound.named("mail_unknown", N_("There is no such mail."))


@router.get("")
async def mails(request: Request) -> Response:
    staff, listing = await staff_listing(request, MAILS)
    kinds = listing.fact("kinds", [])
    listing.choices["kind"] = [("", _("All kinds")), *((kind, mail_name(label)) for kind, label in kinds)]
    return pages(request).render(
        request, "mails/list.html", page_context(request, staff, "mails"), staff=staff, listing=listing
    )


async def _mail(request: Request, mail_id: UUID) -> tuple[Staff, dict[str, Any]]:
    staff, row = await query_view(request, "mail", asked=mail_id)
    if row["mail"] is None:
        raise MailMissing()
    return staff, loads(row["mail"])


async def _as_it_went(request: Request, mail_id: UUID) -> dict[str, Any]:
    """The mail's text and what may be corrected in it; empty if notifications does not answer or staff may not see it."""
    try:
        return await query_owner(request, "notifications", _RIGHT, f"/v1/mails/{mail_id}")
    except Problem as problem:
        if problem.status == 401:
            raise
        return {}


@router.get("/{mail_id:uuid}")
async def show(request: Request, mail_id: UUID) -> Response:
    staff, mail = await _mail(request, mail_id)
    return pages(request).render(
        request, "mails/mail.html", page_context(request, staff, "mails"), staff=staff, mail=mail,
        said=await _as_it_went(request, mail_id),
    )  # fmt: skip


@router.get("/{mail_id:uuid}/inhalt")
async def body(request: Request, mail_id: UUID) -> Response:
    """The mail itself, for a frame of its page: it may load nothing and run nothing."""
    await _mail(request, mail_id)
    mail = await query_owner(request, "notifications", _RIGHT, f"/v1/mails/{mail_id}")
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    return HTMLResponse(mail["html"], headers={"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"})


@router.get("/{mail_id:uuid}/erneut")
async def resend_page(request: Request, mail_id: UUID) -> Response:
    staff, mail = await _mail(request, mail_id)
    own = (await _as_it_went(request, mail_id)).get("own") or {}
    return _page(request, staff, mail, Form.of({"recipient": mail["recipient"], **own, **_usual(own)}))


@router.post("/{mail_id:uuid}/erneut")
async def resend(request: Request, mail_id: UUID) -> Response:
    """To the same address or a corrected one, with the same words or corrected ones; links in it are made anew."""
    staff, mail = await _mail(request, mail_id)
    form = await read_form(request)
    recipient = form.email("recipient", required=True)
    wanted = {"recipient": recipient} if recipient != mail["recipient"] else {}
    usual = {name: form.text(f"usual_{name}", limit=20_000, lines=True) for name in ("subject", "text")}
    typed = {name: form.text(name, required=bool(text), limit=20_000, lines=True) for name, text in usual.items()}
    # What was not touched stays as it was.
    wanted |= {name: text for name, text in typed.items() if text != usual[name]}
    answer, status = await submit(request, form, "notifications", _RIGHT, f"/v1/mails/{mail_id}/resend", json=wanted)
    if answer is not None:
        return pages(request).redirect(
            "/mails", good=_("The mail to %(recipient)s is on its way.", recipient=recipient)
        )
    return _page(request, staff, mail, form, status)


def _usual(own: dict[str, str]) -> dict[str, str]:
    return {f"usual_{name}": text for name, text in own.items()}


def _page(request: Request, staff: Staff, mail: dict[str, Any], form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request, "mails/resend.html", page_context(request, staff, "mails", live=False), status=status, mail=mail, form=form
    )  # fmt: skip
