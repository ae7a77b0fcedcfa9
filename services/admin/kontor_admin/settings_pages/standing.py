"""Standing documents (A6): terms, notices, … that go along with documents, with their versions."""

import base64
from contextlib import aclosing
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType, StandingDocumentKind
from kontor_admin.settings_pages.tabs import settings_page
from kontor_edge.acting import act, submit
from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.owners import fetch_as_edge
from kontor_edge.query import loads
from kontor_edge.staff import Staff, query_view
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import NotFound
from kontor_service.i18n import LANGUAGES
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word
from kontor_web import Form, read_form

router = APIRouter(prefix="/zusatzdokumente")

_RIGHT = "standing_documents:edit"
_MOST_BYTES = 5 * MEBIBYTE
_BACK = "/einstellungen/zusatzdokumente"


async def _all(request: Request) -> tuple[Staff, list[dict[str, Any]]]:
    staff, row = await query_view(request, "standing_documents")
    return staff, loads(row["documents"], [])


async def _one(request: Request, document_id: UUID) -> tuple[Staff, dict[str, Any]]:
    staff, found = await _all(request)
    for document in found:
        if document["id"] == str(document_id):
            return staff, document
    raise NotFound(code="standing_document_not_found")


@router.get("")
async def show(request: Request) -> Response:
    staff, documents = await _all(request)
    return settings_page(request, staff, "standing", documents=documents)


@router.post("/geprueft")
async def reviewed(request: Request) -> Response:
    """Staff have looked through texts and standing documents; they are reminded again in a year."""
    staff, _documents = await _all(request)
    form = await read_form(request)
    return await act(
        request, "identity", "merchant:edit", "PATCH", "/v1/merchant", json={"texts_reviewed_on": staff.today.isoformat()},
        back="/" if form.flag("board") else _BACK, good=_("Thank you. We will remind you in a year."),
    )  # fmt: skip


@router.get("/neu")
async def new_page(request: Request) -> Response:
    staff, _documents = await _all(request)
    form = Form.of(
        {"language": staff.merchant.get("language") or "de", "kind": "terms", "active": True, "key": uuid4()}
    )
    return _form_page(request, staff, form, None)


@router.post("/neu")
@takes(2 * _MOST_BYTES)
async def add(request: Request) -> Response:
    """The page has chosen the id: sent twice, it is added once."""
    return await _save(request, None)


@router.get("/{standing_document_id}")
async def edit_page(request: Request, standing_document_id: UUID) -> Response:
    staff, document = await _one(request, standing_document_id)
    current = document["versions"][0]
    known = {**{name: current[name] for name in ("title", "kind", "consent", "sentence")}, **document}
    form = Form.of({name: known[name] for name in (*_FIELDS, "consent", "active", "document_types")})
    return _form_page(request, staff, form, document)


@router.post("/{standing_document_id}")
@takes(2 * _MOST_BYTES)
async def change(request: Request, standing_document_id: UUID) -> Response:
    return await _save(request, standing_document_id)


@router.post("/{standing_document_id}/entfernen")
async def remove(request: Request, standing_document_id: UUID) -> Response:
    await _one(request, standing_document_id)
    await read_form(request)
    return await act(
        request, "documents", _RIGHT, "DELETE", f"/v1/standing-documents/{standing_document_id}", back=_BACK,
        good=_("Removed. Customers who got it can still read it."),
    )  # fmt: skip


@router.get("/{standing_document_id}/fassung/{version_id}")
async def file(request: Request, standing_document_id: UUID, version_id: UUID) -> Response:
    """The file of one version, as customers see it."""
    staff, document = await _one(request, standing_document_id)
    version = next((one for one in document["versions"] if one["id"] == str(version_id)), None)
    if version is None:
        raise NotFound(code="standing_document_not_found")
    path = f"/v1/standing-documents/versions/{version_id}/file"
    answer = await fetch_as_edge(request, "documents", path, staff.merchant_id)
    return file_response(answer.content, version["media_type"], version["name"], save=False)


_FIELDS = ("title", "kind", "language", "sentence", "position")


async def _save(request: Request, document_id: UUID | None) -> Response:
    staff, document = await _one(request, document_id) if document_id else (*(await _all(request))[:1], None)
    async with aclosing(await read_form(request, max_files=1)) as form:
        wanted = _wanted(form)
        if (file := await _file(form)) is not None:
            wanted["file"] = file
        elif document is None:
            form.error("file", _("Please choose a file."))
    id_ = document_id or form.value("key")
    answer, status = await submit(
        request, form, "documents", _RIGHT, f"/v1/standing-documents/{id_}", method="PUT", json=wanted,
        names={"file.content": "file", "file.name": "file"},
    )  # fmt: skip
    if answer is None:
        return _form_page(request, staff, form, document, status)
    return pages(request).redirect(_BACK, good=_("Saved. It goes along with documents that are shared from now on."))


def _wanted(form: Form) -> dict[str, Any]:
    types = form.many("document_types", tuple(DocumentType))
    if not types:
        form.error("document_types", _("Please choose at least one."))
    return {
        "title": form.text("title", required=True, limit=120),
        "kind": form.choice("kind", tuple(StandingDocumentKind)),
        "language": form.choice("language", LANGUAGES),
        "document_types": types,
        "consent": form.flag("consent"),
        "sentence": form.text("sentence", limit=500),
        "position": form.count("position", most=99),
        "active": form.flag("active"),
    }


async def _file(form: Form) -> dict[str, str] | None:
    """The chosen file as the owner takes it, read no further than it may go; None where none was chosen."""
    files = form.files("file")
    if not files:
        return None
    content = await files[0].read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        form.error("file", _("The file is larger than %(limit)s MB.", limit=_MOST_BYTES // MEBIBYTE))
    return {"name": (files[0].filename or "")[-200:], "content": base64.b64encode(content).decode()}


def _form_page(
    request: Request, staff: Staff, form: Form, document: dict[str, Any] | None, status: int = 200
) -> Response:
    return settings_page(
        request, staff, "standing", status, template="standing_form", form=form, document=document,
        kinds=[(kind.value, word(StandingDocumentKind, kind)) for kind in StandingDocumentKind],
        types=tuple(DocumentType), most=_MOST_BYTES,
    )  # fmt: skip
