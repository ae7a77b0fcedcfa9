"""GET and POST /kontoauszuege: handing in a file, and what was handed in."""

from contextlib import aclosing

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kontor_edge.acting import submit
from kontor_edge.edge import pages
from kontor_payments_pages.admin.statements.listing import STATEMENTS
from kontor_payments_pages.admin.statements.staff_page import BOOK, OWNER, ask_statements, query_list, render, tabs
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.i18n import gettext as _
from kontor_service.i18n import ngettext
from kontor_web import Form, read_form

router = APIRouter(prefix="/kontoauszuege")

# What payments takes at once.
_MOST_BYTES = 32 * MEBIBYTE
# A year's statements are read and compared before payments answers.
_PATIENCE_SECONDS = 120.0


@router.get("")
async def list_statements(request: Request) -> Response:
    return await _page(request, Form.of())


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    staff, listing = await query_list(request, STATEMENTS)
    return render(
        request, staff, "list", status=status, form=form, listing=listing, tabs=tabs("statements"),
        megabytes=_MOST_BYTES // MEBIBYTE,
    )  # fmt: skip


@router.post("")
@takes(2 * _MOST_BYTES)
async def upload(request: Request) -> Response:
    """Goes on to the payments of what was new."""
    await ask_statements(request, "staff")
    async with aclosing(await read_form(request, max_files=1)) as form:
        file = _file(form)
        files = {"file": (file.filename, await file.read(), "application/octet-stream")} if file else None
        answer, status = await submit(
            request, form, OWNER, BOOK, "/v1/bank-statements", files=files, timeout=_PATIENCE_SECONDS
        )
    if answer is None:
        return await _page(request, form, status)
    if not answer["is_new"]:
        return pages(request).redirect("/kontoauszuege", good=_("This file is known already. Nothing was changed."))
    many = len(answer["statements"])
    good = ngettext("One statement was read.", "%(num)s statements were read.", many)
    return pages(request).redirect("/umsaetze", good=good)


def _file(form: Form) -> UploadFile | None:
    found = next(iter(form.files("file")), None)
    if found is None or not found.filename:
        form.error("file", _("Please choose a file."))
    elif found.size is not None and found.size > _MOST_BYTES:
        form.error("file", _("The file is larger than %(limit)s MB.", limit=_MOST_BYTES // MEBIBYTE))
    elif not found.size:
        form.error("file", _("The file is empty."))
    else:
        return found
    return None
