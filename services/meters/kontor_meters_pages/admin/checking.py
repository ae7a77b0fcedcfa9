"""Readings that somebody has to decide on: insisted on by customers, or implausible from systems (G3)."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act
from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_meters_pages.admin.listing import DOUBTED, TO_CHECK
from kontor_meters_pages.admin.staff_page import EDIT, LIVE, OWNER, ask_meters, query_list, render, uuids_of
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_service.i18n import ngettext
from kontor_web import Link, read_form

router = APIRouter(prefix="/pruefen")

_AT_ONCE = 200


@router.get("")
async def to_be_checked(request: Request) -> Response:
    """Oldest first. `?art=to_be_checked` of customers, `?art=implausible` of systems, `?kunde=` of one customer."""
    staff, listing = await query_list(request, TO_CHECK)
    groups = listing.fact("groups", {})
    return render(
        request, staff, "check", live=LIVE, tab="check", groups=groups, listing=listing,
        kinds=_kinds(groups, listing.query.values["state"]),
    )  # fmt: skip


def _kinds(groups: dict[str, int], chosen: str | None) -> list[Link]:
    words = {"to_be_checked": _("Insisted on by customers"), "implausible": _("From systems")}
    every = Link(_("All"), "/zaehler/pruefen", current=chosen is None, count=sum(groups.values()))
    return [every] + [
        Link(words[name], f"/zaehler/pruefen?art={name}", current=name == chosen, count=groups[name])
        for name in DOUBTED
        if name in groups
    ]


@router.post("")
async def accept_chosen(request: Request) -> Response:
    """Each stands for itself: what was accepted stays so when another is refused."""
    await ask_meters(request, "staff")
    form = await read_form(request)
    ids = uuids_of(form.many("id")[:_AT_ONCE])
    if not ids:
        return pages(request).redirect("/zaehler/pruefen", warn=_("Please choose at least one reading."))
    accepted, refused = 0, ""
    for reading_id in ids:
        try:
            await command(request, OWNER, EDIT, "POST", f"/v1/readings/{reading_id}/accept", json={"note": ""})
            accepted += 1
        except Problem as problem:
            if problem.status == 401 or problem.status >= 500:
                raise
            refused = problem.detail
    good = ngettext("One reading was accepted.", "%(count)s readings were accepted.", accepted) if accepted else None
    return pages(request).redirect("/zaehler/pruefen", good=good, bad=refused or None)


@router.post("/{reading_id:uuid}/{what}")
async def decide(request: Request, reading_id: UUID, what: Literal["annehmen", "ablehnen", "korrigieren"]) -> Response:
    """One of them: accepted, rejected with a reason, or the value that is right instead."""
    await ask_meters(request, "staff")
    form = await read_form(request)
    note = form.text("note", limit=500)
    command, body, good = {
        "annehmen": ("accept", {"note": note}, _("The reading was accepted.")),
        "ablehnen": ("reject", {"note": note}, _("The reading was rejected.")),
        "korrigieren": (
            "correct",
            {"note": note, "value": form.text("value", limit=40)},
            _("The reading was corrected."),
        ),
    }[what]
    missing = _missing(what, note, body)
    if missing:
        return pages(request).redirect("/zaehler/pruefen", bad=missing)
    return await act(
        request,
        OWNER,
        EDIT,
        "POST",
        f"/v1/readings/{reading_id}/{command}",
        json=body,
        back="/zaehler/pruefen",
        good=good,
    )


def _missing(what: str, note: str, body: dict[str, Any]) -> str:
    if what == "ablehnen" and not note:
        return _("Please say why the reading is rejected.")
    if what == "korrigieren" and not body["value"]:
        return _("Please enter the correct value.")
    return ""
