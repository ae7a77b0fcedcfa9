"""Meters and readings from CSV: looked at line by line before anything is stored, then stored with progress (G4)."""

from contextlib import aclosing
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kontor_edge.acting import act, submit
from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.owners import query_owner, send
from kontor_edge.query import loads
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.listing import BATCHES
from kontor_meters_pages.admin.staff_page import EDIT, LIVE, OWNER, READ, ask_meters, query_list, render
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/dateien")

KINDS = ("readings", "meters")
# So many of the lines that something is wrong with are in the copy.
_KEPT = 20
# What meters takes at once.
_MOST_BYTES = 32 * MEBIBYTE
CSV = "text/csv; charset=utf-8"


BatchMissing = NotFound.named("batch_not_found", N_("There is no such file."))


@router.get("")
async def files_page(request: Request) -> Response:
    staff, _row = await ask_meters(request, "staff")
    return await _page(request, staff, Form.of({"kind": "readings"}))


async def _page(request: Request, staff: Staff, form: Form, status: int = 200) -> Response:
    _staff, listing = await query_list(request, BATCHES)
    return render(
        request, staff, "files", live=LIVE, status=status, tab="files", form=form, listing=listing,
        megabytes=_MOST_BYTES // MEBIBYTE,
    )  # fmt: skip


@router.post("")
@takes(2 * _MOST_BYTES)
async def upload(request: Request) -> Response:
    """Reads the file and shows what would become of it; nothing is stored yet."""
    staff, _row = await ask_meters(request, "staff")
    async with aclosing(await read_form(request, max_files=1)) as form:
        kind, file = form.choice("kind", KINDS), _file(form)
        files = {"file": (file.filename, await file.read(), "text/csv")} if file else None
        answer, status = await submit(request, form, OWNER, EDIT, "/v1/batches", data={"kind": kind}, files=files)
    if answer:
        return pages(request).redirect(f"/zaehler/dateien/{answer['id']}")
    return await _page(request, staff, form, status)


def _file(form: Form) -> UploadFile | None:
    found = next(iter(form.files("file")), None)
    if found is None:
        form.error("file", _("Please choose at least one file."))
    elif found.size is not None and found.size > _MOST_BYTES:
        form.error("file", _("The file is larger than %(limit)s MB.", limit=_MOST_BYTES // MEBIBYTE))
    elif not found.size:
        form.error("file", _("The file is empty."))
    else:
        return found
    return None


@router.get("/vorlage/{kind}.csv")
async def template(request: Request, kind: Literal["readings", "meters"]) -> Response:
    """A file to fill in, with the columns that meters reads."""
    await ask_meters(request, "staff")
    answer = await send(request, OWNER, READ, "GET", "/v1/batches/template.csv", params={"kind": kind})
    name = _("readings.csv") if kind == "readings" else _("meters.csv")
    return file_response(answer.content, CSV, name, save=True)


async def batch(request: Request, batch_id: UUID) -> tuple[Staff, dict[str, Any]]:
    """Raises BatchMissing for one that does not exist or is another merchant's."""
    staff, row = await ask_meters(request, "meter_batch", asked=batch_id)
    if row["batch"] is None:
        raise BatchMissing()
    return staff, loads(row["batch"])


@router.get("/{batch_id:uuid}")
async def show(request: Request, batch_id: UUID) -> Response:
    """What is wrong in which line, and how far it is. `?after=` goes on in the list of what is wrong.

    The first twenty are in the copy; all others are the owner's to tell.
    """
    staff, found = await batch(request, batch_id)
    problems, after, more = found["problems"], None, False
    if problems and (len(problems) >= _KEPT or "after" in request.query_params):
        problems, after, more = await _problems(request, staff, batch_id, found)
    return render(
        request, staff, "file", live=LIVE, b=found, problems=problems, next=after,
        done=sum(found[name] for name in ("stored", "duplicates", "corrected", "parked", "refused")), only_first=more,
    )  # fmt: skip


async def _problems(
    request: Request, staff: Staff, batch_id: UUID, found: dict[str, Any]
) -> tuple[list[dict[str, Any]], str | None, bool]:
    """All of them are at the owner; the first twenty are here all the same while it is away."""
    after = request.query_params.get("after", "")
    path = f"/v1/batches/{batch_id}/problems?after={after if after.isascii() and after.isdigit() else ''}"
    try:
        answer = await query_owner(request, OWNER, READ, path.removesuffix("?after="))
    except Problem as problem:
        if problem.status == 401:
            raise
        return found["problems"], None, len(found["problems"]) >= _KEPT
    following = answer.get("next")
    return answer["problems"], f"?after={following}" if following is not None else None, False


@router.post("/{batch_id:uuid}/{what}")
async def decide(request: Request, batch_id: UUID, what: Literal["speichern", "verwerfen"]) -> Response:
    await batch(request, batch_id)
    await read_form(request)
    stores = what == "speichern"
    return await act(
        request, OWNER, EDIT, "POST", f"/v1/batches/{batch_id}/{'store' if stores else 'drop'}",
        back=f"/zaehler/dateien/{batch_id}" if stores else "/zaehler/dateien",
        good=_("The lines are being stored.") if stores else _("The file was dropped. Nothing was stored."),
    )  # fmt: skip


@router.get("/{batch_id:uuid}/ergebnis.csv")
async def result(request: Request, batch_id: UUID) -> Response:
    """Every line with what became of it."""
    _staff, found = await batch(request, batch_id)
    answer = await send(request, OWNER, READ, "GET", f"/v1/batches/{batch_id}/result.csv")
    stem = (found["file_name"] or "kontor").rpartition(".")[0] or "kontor"
    return file_response(answer.content, CSV, _("%(name)s-result.csv", name=stem), save=True)
