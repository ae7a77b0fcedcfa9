"""GET /einstellungen/schluessel and what belongs to it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.settings_pages.tabs import settings_look, settings_tabs
from kontor_edge.acting import act, submit
from kontor_edge.edge import edge_of, pages
from kontor_edge.query import loads
from kontor_edge.staff import query_view
from kontor_events.registry import contexts, rules_of
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/einstellungen/schluessel")

_WORDS = {
    "documents:submit": N_("Submit, withdraw and cancel documents"),
    "customers:edit": N_("Create and change customers"),
    "payments:book": N_("Book payments"),
    "events:read": N_("Read events"),
}
# When a key ends: after so many days, 0 for never.
ENDS = {"": (0, N_("Never")), "90": (90, N_("In 90 days")), "365": (365, N_("In a year"))}
# What the contract lets keys do, in words where we have some.
SCOPES = [scope for context in contexts() for scope in rules_of(context).key_scopes]


def _words(request: Request) -> dict[str, str]:
    words = _WORDS | {scope: said for f in edge_of(request).features for scope, said in f.scopes.items()}
    return {scope: _(words[scope]) if scope in words else scope for scope in SCOPES}


@router.get("")
async def keys(request: Request) -> Response:
    return await _page(request, Form.of())


@router.post("")
async def create(request: Request) -> Response:
    """The key is in this answer and nowhere else: only its hash is kept."""
    await query_view(request, "staff")
    form = await read_form(request)
    name, scopes = form.text("name", required=True, limit=200), form.many("scopes", SCOPES)
    if not scopes:
        form.error("scopes", _("Please choose at least one."))
    answer, status = await submit(
        request,
        form,
        "identity",
        "api_keys:edit",
        "/v1/api-keys",
        json={"name": name, "scopes": scopes, "expires_at": _expiry(form)},
    )
    if answer is not None:
        return await _page(request, Form.of(), secret=answer["key"], name=name)
    return await _page(request, form, status=status)


def _expiry(form: Form) -> str | None:
    chosen = form.choice("ends", ENDS)
    days = ENDS.get(chosen, (0, ""))[0]
    return (datetime.now(UTC) + timedelta(days=days)).isoformat() if days else None


@router.post("/{key_id}/widerrufen")
async def revoke(request: Request, key_id: UUID) -> Response:
    await query_view(request, "staff")
    await read_form(request)
    return await act(
        request, "identity", "api_keys:edit", "DELETE", f"/v1/api-keys/{key_id}", back="/einstellungen/schluessel",
        good=_("The key no longer works."),
    )  # fmt: skip


async def _page(request: Request, form: Form, *, secret: str = "", name: str = "", status: int = 200) -> Response:
    staff, row = await query_view(request, "api_keys")
    known = [key for key in loads(row["keys"], []) if not key["revoked"]]
    return pages(request).render(
        request, "api_keys/list.html", settings_look(request, staff), status=status, staff=staff,
        tabs=settings_tabs("keys"), keys=known, form=form, secret=secret, name=name,
        scopes=_words(request),
        ends=[(value, _(label)) for value, (_days, label) in ENDS.items()], address=edge_of(request).settings.portal_url,
    )  # fmt: skip
