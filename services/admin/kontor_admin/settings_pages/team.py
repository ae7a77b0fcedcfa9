"""The merchant's staff as customers see them beside a document (B17): phone, function, team, picture."""

from contextlib import aclosing
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.identity.v1.identity_pb2_codes import StaffRole
from kontor_admin.settings_pages.tabs import settings_page
from kontor_edge.acting import refused
from kontor_edge.edge import pages
from kontor_edge.owners import command, fetch_as_edge, query_owner
from kontor_edge.staff import current_staff
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word
from kontor_web import Form, read_form

router = APIRouter(prefix="/team")

MOST_BYTES = 5 * MEBIBYTE
_TEXTS = ("name", "function", "team", "phone")


@router.get("")
async def show(request: Request) -> Response:
    staff = await current_staff(request)
    people = [one | {"role_word": word(StaffRole, one["role"])} for one in await _people(request)]
    return settings_page(request, staff, "team", people=people)


@router.get("/{staff_id}")
async def edit_page(request: Request, staff_id: UUID) -> Response:
    await current_staff(request)
    person = await _person(request, staff_id)
    return await _form_page(request, person, Form.of({name: person[name] for name in _TEXTS}))


@router.post("/{staff_id}")
@takes(2 * MOST_BYTES)
async def edit(request: Request, staff_id: UUID) -> Response:
    """The picture first: where it is refused, nothing is changed."""
    await current_staff(request)
    person = await _person(request, staff_id)
    async with aclosing(await read_form(request, max_files=1)) as form:
        files = form.files("picture")
        content = await files[0].read(MOST_BYTES + 1) if files else b""
    wanted = {name: form.text(name, required=name == "name", limit=200) for name in _TEXTS}
    if len(content) > MOST_BYTES:
        form.error("picture", _("The picture is too large."))
    if not form.ok:
        return await _form_page(request, person, form, 422)
    path = f"/v1/staff/{staff_id}"
    try:
        if content:
            await command(request, "identity", "staff:edit", "PUT", f"{path}/picture", content=content)
        elif form.flag("remove_picture"):
            await command(request, "identity", "staff:edit", "DELETE", f"{path}/picture")
        await command(request, "identity", "staff:edit", "PATCH", path, json=wanted)
    except Problem as problem:
        form.values.setdefault("picture", [""])
        return await _form_page(request, person, form, refused(form, problem, {"file": "picture"}))
    return pages(request).redirect("/einstellungen/team", good=_("Saved."))


@router.get("/{staff_id}/bild")
async def picture(request: Request, staff_id: UUID) -> Response:
    staff = await current_staff(request)
    sha256 = (await _person(request, staff_id))["picture_sha256"]
    if not sha256:
        raise NotFound
    found = await fetch_as_edge(request, "identity", f"/v1/staff-pictures/{sha256}", staff.merchant_id)
    return Response(found.content, media_type="image/jpeg")


async def _people(request: Request) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await query_owner(request, "identity", "staff:edit", "/v1/staff"))["staff"]
    return found


async def _person(request: Request, staff_id: UUID) -> dict[str, Any]:
    """Raises NotFound."""
    person = next((one for one in await _people(request) if one["id"] == str(staff_id)), None)
    if person is None:
        raise NotFound
    return person


async def _form_page(request: Request, person: dict[str, Any], form: Form, status: int = 200) -> Response:
    staff = await current_staff(request)
    return settings_page(
        request, staff, "team", status, template="team_member", person=person, form=form, most=MOST_BYTES
    )
