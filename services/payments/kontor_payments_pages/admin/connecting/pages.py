"""GET /einstellungen/zahlungen/{provider}: what it costs, connect, test payment, switch on; and ending it again.

The provider's pages are opened by links, not by redirects of forms: the pages' content security policy need not name them.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_edge.acting import refused
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command, query_owner
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_payments_pages.admin.connecting.providers import GUIDES
from kontor_payments_pages.admin.connecting.steps import Steps, steps_of
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

SETTINGS = "/einstellungen/zahlungen"
router = APIRouter(prefix=SETTINGS + "/{provider}")

_OWNER, _RIGHT = "payments", "payments:settings"
Provider = Annotated[str, Path(pattern="^[a-z]{1,20}$")]


@router.get("")
async def show(request: Request, provider: Provider) -> Response:
    staff, steps = await _asked(request, provider)
    return _page(request, staff, steps, Form.of())


@router.post("/schluessel")
async def connect(request: Request, provider: Provider) -> Response:
    """The keys are in this request and nowhere else of the admin's."""
    staff, steps = await _asked(request, provider)
    form = await read_form(request)
    names = [field["name"] for field in steps.provider["fields"]]
    needed = {field["name"]: not field["optional"] for field in steps.provider["fields"]}
    fields = {name: form.text(name, required=needed[name], limit=1000) for name in names}
    answer, status = await _do(
        request, form, f"/v1/connections/{provider}/keys", json={"fields": fields},
        names={f"fields.{name}": name for name in names},
    )  # fmt: skip
    if answer is None:
        return _page(request, staff, steps, form, status)
    return pages(request).redirect(_address(provider), good=_("The account is connected."))


@router.post("/anmelden")
async def sign_in(request: Request, provider: Provider) -> Response:
    """Answers with a link to the provider, where the merchant signs in and allows access."""
    staff, steps = await _asked(request, provider)
    form = await read_form(request)
    back = f"{edge_of(request).settings.admin_public_url}{_address(provider)}/zurueck"
    answer, status = await _do(request, form, f"/v1/connections/{provider}/sign-in", json={"return_url": back})
    if answer is None:
        return _page(request, staff, steps, form, status)
    return _page(request, staff, steps, Form.of(), authorize_url=answer["authorize_url"])


@router.get("/zurueck")
async def signed_in(request: Request, provider: Provider) -> Response:
    """Where the provider sends the merchant back to. What PayPal calls merchantId is the state that we gave it, and
    merchantIdInPayPal the account that was connected."""
    await _asked(request, provider)
    told = request.query_params
    state, code = told.get("state") or told.get("merchantId"), told.get("code") or told.get("merchantIdInPayPal")
    if not state or not code:
        return pages(request).redirect(_address(provider), warn=_("You did not allow access. Nothing was changed."))
    path = f"/v1/connections/{provider}/signed-in"
    try:
        await command(request, _OWNER, _RIGHT, "POST", path, json={"state": state[:1000], "code": code[:1000]})
    except Problem as problem:
        if problem.status in (401, 404) or problem.status >= 500:
            raise
        return pages(request).redirect(_address(provider), bad=problem.detail)
    return pages(request).redirect(_address(provider), good=_("The account is connected."))


@router.post("/testzahlung")
async def try_out(request: Request, provider: Provider) -> Response:
    staff, steps = await _asked(request, provider)
    form = await read_form(request)
    method = form.choice("method", steps.provider["methods"])
    back = f"{edge_of(request).settings.admin_public_url}{_address(provider)}/testzahlung"
    body = {"method": method, "return_url": back, "language": staff.language}
    answer, status = await _do(request, form, f"/v1/connections/{provider}/trial-payments", json=body)
    if answer is None:
        return _page(request, staff, steps, form, status)
    return pages(request).redirect(f"{_address(provider)}#trial")


@router.get("/testzahlung")
async def tried_out(request: Request, provider: Provider) -> Response:
    """Where the provider's page of the test payment leads back to; also asks again what became of it."""
    _staff, steps = await _asked(request, provider)
    trial = steps.provider["trial"]
    if trial is None:
        return pages(request).redirect(_address(provider))
    try:
        answer = await command(
            request, _OWNER, _RIGHT, "POST", f"/v1/connections/trial-payments/{trial['id']}/reconcile"
        )
    except Problem as problem:
        if problem.status == 401:
            raise
        return pages(request).redirect(_address(provider), bad=problem.detail)
    if answer["state"] == "succeeded":
        return pages(request).redirect(_address(provider), good=_("The test payment has arrived."))
    return pages(request).redirect(f"{_address(provider)}#trial")


@router.post("/einschalten")
async def switch_on(request: Request, provider: Provider) -> Response:
    staff, steps = await _asked(request, provider)
    form = await read_form(request)
    answer, status = await _do(request, form, f"/v1/connections/{provider}/live")
    if answer is None:
        return _page(request, staff, steps, form, status)
    good = _("Switched on. Open invoices offer its payment methods in a moment.")
    return pages(request).redirect(_address(provider), good=good)


@router.get("/aufheben")
async def ask_to_end(request: Request, provider: Provider) -> Response:
    staff, steps = await _asked(request, provider)
    return _ending(request, staff, steps, Form.of())


@router.post("/aufheben")
async def end(request: Request, provider: Provider) -> Response:
    staff, steps = await _asked(request, provider)
    form = await read_form(request)
    answer, status = await _do(request, form, f"/v1/connections/{provider}/end")
    if answer is None:
        return _ending(request, staff, steps, form, status)
    good = _("Disconnected. Open payment pages are being closed; what was paid stays.")
    return pages(request).redirect(_address(provider), good=good)


@router.get("/schluessel-loeschen/{connection_id}")
async def ask_to_delete_keys(request: Request, provider: Provider, connection_id: UUID) -> Response:
    staff, steps = await _asked(request, provider)
    return _deleting(request, staff, steps, connection_id, Form.of())


@router.post("/schluessel-loeschen/{connection_id}")
async def delete_keys(request: Request, provider: Provider, connection_id: UUID) -> Response:
    staff, steps = await _asked(request, provider)
    form = await read_form(request)
    answer, status = await _do(request, form, f"/v1/connections/{connection_id}/keys", method="DELETE")
    if answer is None:
        return _deleting(request, staff, steps, connection_id, form, status)
    return pages(request).redirect(_address(provider), good=_("The keys are deleted."))


async def _asked(request: Request, provider: str) -> tuple[Staff, Steps]:
    staff = await current_staff(request)
    steps = steps_of(await query_owner(request, _OWNER, _RIGHT, "/v1/connections"), provider)
    if steps is None:
        raise NotFound
    return staff, steps


async def _do(
    request: Request,
    form: Form,
    path: str,
    *,
    method: str = "POST",
    names: dict[str, str] | None = None,
    **options: Any,
) -> tuple[dict[str, Any] | None, int]:
    """The command of a form with the field own_password: its answer; or None, and the status of the page that shows it again."""
    if not form.ok:
        return None, 422
    password = form.value("own_password")
    try:
        if password:
            await command(
                request, "identity", "account", "POST", "/v1/account/confirm", json={"password": password[:1000]}
            )
        return await command(request, _OWNER, _RIGHT, method, path, **options), 200
    except Problem as problem:
        return None, refused(form, problem, names)


def _page(
    request: Request, staff: Staff, steps: Steps, form: Form, status: int = 200, *, authorize_url: str = ""
) -> Response:
    return pages(request).render(
        request, "payments/connect.html", page_context(request, staff, "settings", live=False), status=status,
        staff=staff, steps=steps, form=form, guide=GUIDES[steps.name], here=_address(steps.name),
        authorize_url=authorize_url,
    )  # fmt: skip


def _ending(request: Request, staff: Staff, steps: Steps, form: Form, status: int = 200) -> Response:
    if steps.connection is None:
        return pages(request).redirect(_address(steps.name))
    return _question(request, staff, steps, "payments/disconnect.html", steps.connection, form, status)


def _deleting(
    request: Request, staff: Staff, steps: Steps, connection_id: UUID, form: Form, status: int = 200
) -> Response:
    former = next((one for one in steps.former if one["id"] == str(connection_id)), None)
    if former is None:
        raise NotFound
    return _question(request, staff, steps, "payments/delete_keys.html", former, form, status)


def _question(
    request: Request, staff: Staff, steps: Steps, template: str, connection: dict[str, Any], form: Form, status: int
) -> Response:
    """A page that asks before something is done to this connection."""
    return pages(request).render(
        request, template, page_context(request, staff, "settings", live=False), status=status, staff=staff,
        name=steps.name, c=connection, form=form, here=_address(steps.name),
    )  # fmt: skip


def _address(provider: str) -> str:
    return f"{SETTINGS}/{provider}"
