"""GET /freigabe, and releasing what is chosen or everything that is ready."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.words import release_group
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListPage
from kontor_edge.owners import command
from kontor_edge.staff import Staff, current_staff, page_context, query_view
from kontor_service.i18n import gettext as _
from kontor_service.i18n import ngettext
from kontor_web import Link, read_form

router = APIRouter(prefix="/freigabe")

GROUPS = ("ready", "no_email", "unmatched", "invalid", "making")
# What documents takes at once; a month's end is sent in such portions.
_PORTION = 100


RELEASE = ListPage(
    "release_list", STAFF,
    source="""document d
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            LEFT JOIN customer h ON h.id = d.suggested_customer_id AND h.merchant_id = d.merchant_id""",
    where="d.merchant_id = r.merchant_id AND d.state = 'waiting' AND d.release_group <> 'draft' AND NOT d.deleted",
    id="d.id", entry="_waiting(d.brief, d.release_group, c.name, h.name)",
    sort="received", order="asc", sorts={"received": "d.by_received"}, fixed=True, size=100,
    others=(Filter("group", "d.release_group = {it}", words=dict.fromkeys(GROUPS, ""), alias="gruppe"),),
    facts={"groups": ("json", "_release_groups(r.merchant_id)")},
)  # fmt: skip


@router.get("")
async def release_list(request: Request) -> Response:
    staff, listing = await staff_listing(request, RELEASE)
    groups, group = listing.fact("groups", {}), listing.query.values["group"]
    return pages(request).render(
        request, "release/list.html", page_context(request, staff, "release"), staff=staff, groups=groups, group=group,
        listing=listing, tabs_of_groups=_tabs(groups, group), total=sum(groups.values()),
    )  # fmt: skip


def _tabs(groups: dict[str, int], group: str | None) -> list[Link]:
    every = Link(_("All"), "/freigabe", current=group is None, count=sum(groups.values()))
    return [every] + [
        Link(release_group(name)[1], f"/freigabe?gruppe={name}", current=name == group, count=groups[name])
        for name in GROUPS
        if name in groups
    ]


@router.post("")
async def release_chosen(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    ids = form.many("id")
    if not ids:
        return pages(request).redirect("/freigabe", warn=_("Please choose at least one document."))
    return await _release(request, staff, ids)


@router.post("/alle")
async def release_all(request: Request) -> Response:
    """Everything that is ready at this moment, up to 1,000 documents."""
    await read_form(request)
    staff, row = await query_view(request, "ready_ids", many=1000)
    return await _release(request, staff, [str(i) for i in row["ids"] or ()])


async def _release(request: Request, staff: Staff, ids: list[str]) -> Response:
    """In portions: each document stands for itself, so what was released stays released when a later portion fails."""
    released: int = 0
    refused: list[dict[str, Any]] = []
    for start in range(0, len(ids), _PORTION):
        portion = {"ids": ids[start : start + _PORTION]}
        answer = await command(request, "documents", "documents:release", "POST", "/v1/releases", json=portion)
        released += len(answer["released"])
        refused += answer["refused"]
    good = ngettext(
        "One document released; the mail is on its way.",
        "%(count)s documents released; the mails are on their way.",
        released,
    )
    bad = None
    if refused:
        first = refused[0]["error"]
        bad = ngettext(
            "One could not be released: %(reason)s", "%(count)s could not be released, the first because: %(reason)s", len(refused),
            reason=first["detail"],
        )  # fmt: skip
    return pages(request).redirect("/freigabe", good=good if released else None, bad=bad)
