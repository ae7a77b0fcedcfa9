"""Import of customers from CSV: every line is checked before any of them is stored (E31)."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.identity.v1.identity_pb2_codes import CustomerRole
from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_edge.staff import current_staff, page_context
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import Invalid, Problem
from kontor_service.i18n import N_, ngettext
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word
from kontor_web import Form, read_form

router = APIRouter(prefix="/einlesen")

_MOST_BYTES = 400 * 1024
_MOST_LINES = 1000
_SECONDS = 120.0
# Headings in both languages, of the template first; a field with a dot is part of the address.
_HEADINGS = {
    "number": (N_("Customer number"), "nummer", "number", "kundennr"),
    "name": (N_("Name"), "firma", "company"),
    "email": (N_("E-mail address"), "email", "mail"),
    "phone": (N_("Phone"), "telefonnummer"),
    "address.line1": (N_("Street and number"), "strasse", "street", "adresse"),
    "address.line2": (N_("Addition"), "adresszusatz"),
    "address.post_code": (N_("Postcode"), "plz", "zip"),
    "address.city": (N_("City"), "stadt", "ort"),
    "address.country": (N_("Country"), "ländercode"),
    "vat_id": (N_("VAT ID"), "ustid", "vatid", "umsatzsteuerid"),
    "roles": (N_("Roles"), "rolle", "role"),
}


@router.get("")
async def import_page(request: Request) -> Response:
    return await _page(request, Form.of())


@router.get("/vorlage.csv")
async def template(request: Request) -> Response:
    await current_staff(request)
    line = ";".join(_(names[0]) for names in _HEADINGS.values())
    return file_response(f"\ufeff{line}\r\n".encode(), "text/csv; charset=utf-8", _("customers.csv"), save=True)


@router.post("")
@takes(4 * MEBIBYTE)
async def look(request: Request) -> Response:
    """Shows what would become of each line of a file; with `store`, stores the valid lines of the `content` shown before."""
    await current_staff(request)
    async with aclosing(await read_form(request, max_files=1)) as form:
        content, stores = form.value("content"), form.flag("store")
        for file in form.files("file"):
            content = _decoded(await file.read(_MOST_BYTES + 1))
    if len(content.encode()) > _MOST_BYTES:
        form.error("file", _("The file is larger than %(limit)s kB.", limit=_MOST_BYTES // 1024))
    rows: list[tuple[int, dict[str, Any]]] = []
    try:
        rows = _rows(content)
    except Invalid as problem:
        form.take(problem, {"file": "file"})
    if not rows and form.ok:
        form.error(
            "file", _("The first line must hold headings, at least customer number and name; customers follow below.")
        )
    if len(rows) > _MOST_LINES:
        form.error("file", _("A file may have at most %(most)s lines.", most=_MOST_LINES))
    if not form.ok:
        return await _page(request, form, status=422)
    try:
        answer = await command(
            request, "identity", "customers:edit", "POST", "/v1/customers/batches",
            json={"customers": [row for _line, row in rows], "store": stores}, timeout=_SECONDS,
        )  # fmt: skip
    except Problem as problem:
        if problem.status in (401, 403) or problem.status >= 500:
            raise
        form.error("file", problem.detail)
        return await _page(request, form, status=422)
    results = answer["results"]
    if stores:
        good = sum(one["outcome"] != "refused" for one in results)
        message = ngettext("One customer stored.", "%(num)s customers stored.", good)
        return pages(request).redirect("/kunden", good=message)
    looked = [(line, row, result) for (line, row), result in zip(rows, results, strict=True)]
    # What has to be corrected comes first.
    looked.sort(key=lambda one: one[2]["outcome"] != "refused")
    return await _page(request, form, looked=looked, content=content)


async def _page(
    request: Request, form: Form, *, looked: list[Any] | None = None, content: str = "", status: int = 200
) -> Response:
    staff = await current_staff(request)
    outcomes = [result["outcome"] for _line, _row, result in looked or ()]
    return pages(request).render(
        request, "customers/import.html", page_context(request, staff, "customers", live=False), status=status, form=form, most=_MOST_BYTES,
        looked=looked, content=content, many={name: outcomes.count(name) for name in ("new", "known", "refused")},
    )  # fmt: skip


def _decoded(content: bytes) -> str:
    """The text of a file in UTF-8 or, as Excel writes it, in Windows-1252."""
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace").replace("\0", "")


def _rows(content: str) -> list[tuple[int, dict[str, Any]]]:
    """Number and content of each line as identity takes customers; none where the headings name no number or no name.

    Raises Invalid.
    """
    first = content.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    known = {_folded(name): field for field, names in _HEADINGS.items() for said in names for name in (said, _(said))}
    lines = _lines(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
    _line, headings = next(lines, (0, []))
    fields = [known.get(_folded(heading)) for heading in headings]
    if not {"number", "name"}.issubset(fields):
        return []
    return [
        (line, _customer(dict(zip(fields, cells, strict=False)))) for line, cells in lines if any(map(str.strip, cells))
    ]


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its last line. Raises Invalid."""
    before = 0
    try:
        for cells in reader:
            before = reader.line_num
            yield before, cells
    except csv.Error as error:
        message = N_("Line %(line)s cannot be read. Is a closing quotation mark missing there?")
        raise Invalid(message, field="file", line=before + 1) from error


def _customer(values: dict[str | None, str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field, text in values.items():
        if field and text.strip():
            group, _dot, part = field.rpartition(".")
            (row.setdefault(group, {}) if group else row)[part] = text.strip()
    return row | ({"roles": _roles(row["roles"])} if "roles" in row else {})


def _roles(text: str) -> list[str]:
    """Kunde, Lieferant → customer, supplier. What is no role stays, and identity refuses it."""
    known = {_folded(name): str(role) for role in CustomerRole for name in (role, role.word, word(CustomerRole, role))}
    return [known.get(_folded(part), part.strip()) for part in re.split("[,/+]", text) if part.strip()]


def _folded(heading: str) -> str:
    return "".join(sign for sign in heading.casefold().replace("ß", "ss") if sign.isalnum())
