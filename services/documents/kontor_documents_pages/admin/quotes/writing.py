"""Writing a quote, and amending one that the customer has already (C8)."""

from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents_pages import content
from kontor_documents_pages.admin.document import DocumentMissing, document
from kontor_documents_pages.admin.quotes import attachments, quote_templates
from kontor_documents_pages.admin.quotes import form as fields
from kontor_documents_pages.admin.quotes.choices import choose_responsible, find_customer, suggested_customers, team
from kontor_documents_pages.admin.quotes.data import data_of, fields_of
from kontor_documents_pages.admin.quotes.writer import RIGHT, current_writer, refuse_readers
from kontor_documents_pages.chosen_files import LARGEST_FORM, MOST_READ
from kontor_edge.acting import new_key, refused
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command
from kontor_edge.query import loads
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.bodies import takes
from kontor_service.errors import Problem, Unavailable
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

_VALID_DAYS = 30
# How long the page waits for its own copy to have what was saved.
_PATIENCE_SECONDS = 4.0
_FROM_HERE = {"x-kontor-source": "kontor"}


@dataclass(frozen=True)
class Quote:
    """A quote that is there already: its document as the copy knows it, and what it says."""

    doc: dict[str, Any]
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def sent(self) -> bool:
        return bool(self.doc["state"] == "shared")


@router.get("/neu")
async def new_page(request: Request) -> Response:
    """`?kunde=` begins with its customer, `?vorlage=` with what a template has."""
    staff = await current_writer(request)
    begun = fields_of_new_quote(request, staff, _VALID_DAYS)
    if chosen := uuid_of(request.query_params.get("vorlage")):
        template = await quote_templates.template_of(request, chosen)
        from_template = {name: value for name, value in fields_of(template["data"]).items() if value}
        rows = {} if "lines[0].name" in from_template else fields.first_row()
        kept = {name: value for name, value in begun.items() if not name.startswith("lines[")}
        begun = kept | first_dates(staff, template["valid_days"]) | from_template | rows
    return await page(request, staff, Form.of(begun))


def first_dates(staff: Staff, days: int) -> dict[str, str]:
    return {"issue_date": staff.today.isoformat(), "valid_until": (staff.today + timedelta(days=days)).isoformat()}


def fields_of_new_quote(request: Request, staff: Staff, days: int) -> dict[str, Any]:
    """The fields of an empty quote that is valid for so many days."""
    types = staff.merchant.get("document_types") or ()
    usual: dict[str, Any] = next((one for one in types if one["type"] == "quote"), {})
    return {
        "key": new_key(), "external_id": f"kontor-{uuid4()}", "customer_number": request.query_params.get("kunde", ""),
        "language": staff.merchant.get("language") or "de", "acceptance": list(usual.get("acceptance") or ("click",)),
        "deposit_percent": usual.get("deposit_percent") or "",
        "responsible.who": staff.session.get("email") or "", **fields.first_row(), **first_dates(staff, days),
    }  # fmt: skip


@router.post("/neu")
@takes(LARGEST_FORM)
async def create(request: Request) -> Response:
    staff = await current_writer(request)
    async with aclosing(await read_form(request, max_files=MOST_READ)) as form:
        return await _save(request, staff, form, None)


@router.get("/{document_id:uuid}/bearbeiten")
async def edit_page(request: Request, document_id: UUID) -> Response:
    staff, quote = await quote_of(request, document_id)
    if problem := why_not_editable(quote.doc):
        return pages(request).redirect(f"/dokumente/{document_id}", bad=problem)
    fields_now = fields_of(quote.said) | {"key": new_key(), "content_sha256": quote.doc["content_sha256"]}
    return await page(request, staff, Form.of(fields_now), quote)


@router.post("/{document_id:uuid}/bearbeiten")
@takes(LARGEST_FORM)
async def edit(request: Request, document_id: UUID) -> Response:
    staff, quote = await quote_of(request, document_id)
    async with aclosing(await read_form(request, max_files=MOST_READ)) as form:
        return await _save(request, staff, form, quote)


def uuid_of(text: str | None) -> UUID | None:
    """None for what is no id, as an address may have it."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def quote_of(request: Request, document_id: UUID) -> tuple[Staff, Quote]:
    """Raises DocumentMissing, also for what is no quote."""
    staff, view, row = await document(request, document_id)
    refuse_readers(staff)
    if view.data["type"] != DocumentType.QUOTE:
        raise DocumentMissing()
    edge, sha256 = edge_of(request), view.data["content_sha256"]
    found = row["content"] or (await edge.content.fetch(edge.views, staff.merchant_id, sha256) if sha256 else None)
    if found is None:
        raise Unavailable(_("The quote's content cannot be fetched right now. Please try again."), code="no_content")
    said = orjson.loads(found)
    # An ERP's quote may have been handed in without an id of its own.
    return staff, Quote(view.data, said | {"external_id": view.data["external_id"], "number": view.data["number"]})


def why_not_editable(doc: dict[str, Any]) -> str:
    """Why this quote cannot be changed any more, as a sentence; "" where it can. Pure."""
    if doc["state"] not in ("waiting", "shared") or doc["outcome"] not in ("", "expired"):
        return _("This quote can no longer be changed.")
    if any(file["role"] == "pdf" for file in doc["files"]) and doc["source"] in ("upload", "cli"):
        return _("This quote came as a finished PDF. Please upload a new one.")
    return ""


@router.post("/summen")
@takes(LARGEST_FORM)
async def totals(request: Request) -> Response:
    """The totals of what is typed, for the page to take over. Files that are sent along are left to the form itself."""
    staff = await current_writer(request)
    async with aclosing(await read_form(request, max_files=MOST_READ)) as form:
        fields.apply_row_button(form)
    return pages(request).render(
        request, "quotes/totals.html", page_context(request, staff), said=await calculate(request, form), parts=content
    )


async def calculate(request: Request, form: Form, quote: Quote | None = None) -> dict[str, Any] | None:
    """What is typed with all totals, as documents computes them; None while something is missing or wrong."""
    trial = Form(form.values)
    wanted = data_of(trial, quote.said if quote else None)
    if any(name.startswith("lines[") or name == "discount" for name in trial.errors) or not wanted["lines"]:
        return None
    wanted["issue_date"] = wanted.get("issue_date") or "2026-01-01"
    try:
        return await command(request, "documents", RIGHT, "POST", "/v1/calculations", json=wanted)
    except Problem as problem:
        if problem.status == 401:
            raise
        return None


async def _save(request: Request, staff: Staff, form: Form, quote: Quote | None) -> Response:
    as_template = form.value("do") == "template"
    status = await attachments.upload_files(request, form)
    if fields.apply_row_button(form) or status != 200:
        return await page(request, staff, form, quote, status)
    if as_template:
        status = await quote_templates.store(request, form)
        return await page(
            request, staff, form, quote, status, saved_as=form.value("template_name") if status == 200 else ""
        )
    based_on = form.value("content_sha256")
    if quote and based_on != quote.doc["content_sha256"]:
        return await _changed_meanwhile(request, staff, form, quote)
    await find_customer(request, form)
    wanted = data_of(form, quote.said if quote else None)
    if not form.ok:
        return await page(request, staff, form, quote, 422)
    headers = _FROM_HERE | ({"x-kontor-based-on": based_on} if quote else {})
    try:
        answer = await command(
            request, "documents", RIGHT, "POST", "/v1/submissions", json=wanted, key=form.value("key"), headers=headers
        )
    except Problem as problem:
        if quote and problem.code == "changed_meanwhile":
            return await _changed_meanwhile(request, staff, form, await _quote_changed_by_others(request, staff, quote))
        return await page(request, staff, form, quote, refused(form, problem, fields.field_names(form)))
    document_id = await _wait_for_document(request, staff, UUID(answer["id"]))
    good = _("Saved. The customer is told of the new version.") if quote and quote.sent else _("The draft is saved.")
    return pages(request).redirect(f"/dokumente/{document_id}" if document_id else "/angebote", good=good)


async def _quote_changed_by_others(request: Request, staff: Staff, quote: Quote) -> Quote:
    """The quote with the content that somebody else has saved, once the page's own copy has it."""

    async def look() -> Quote | None:
        _staff, found = await quote_of(request, UUID(quote.doc["id"]))
        return found if found.doc["content_sha256"] != quote.doc["content_sha256"] else None

    found: Quote | None = await edge_of(request).changes.until({staff.topic}, look, timeout=_PATIENCE_SECONDS)
    return found or quote


async def _changed_meanwhile(request: Request, staff: Staff, form: Form, quote: Quote) -> Response:
    """What was typed once more, to be saved over the content that counts now only by whoever has read this."""
    form.values["content_sha256"], form.values["key"] = [quote.doc["content_sha256"]], [new_key()]
    form.problem = _(
        "The quote has been changed by somebody else in the meantime. Nothing was saved, and what you have typed is still here. "
        "Saving once more replaces that change: please look at the quote in a second window first."
    )
    return await page(request, staff, form, quote, 409)


async def _wait_for_document(request: Request, staff: Staff, submission_id: UUID) -> str | None:
    """The id of what was saved, once the page's own copy has it; None if that takes too long."""

    async def look() -> str | None:
        _staff, row = await query_view(request, "submissions", asked=[submission_id], many=1)
        found = next((one["document"] for one in loads(row["submissions"], []) if one["document"]), None)
        return str(found["id"]) if found else None

    found: str | None = await edge_of(request).changes.until({staff.topic}, look, timeout=_PATIENCE_SECONDS)
    return found


async def page(
    request: Request, staff: Staff, form: Form, quote: Quote | None = None, status: int = 200, *, saved_as: str = ""
) -> Response:
    """The form with what is typed, and what it comes to. `saved_as`: the template that was just made of it."""
    form.values.setdefault("rows", [""])
    return pages(request).render(
        request, "quotes/edit.html", page_context(request, staff, "documents", live=False), status=status, staff=staff,
        form=form, quote=quote, rows=fields.rows_of(form), room=fields.has_room(form), groups=fields.typed_values(form, "group"),
        alternatives=fields.typed_values(form, "alternative"),
        customers=await suggested_customers(request), units=fields.UNITS, taxes=fields.TAXES,
        people=choose_responsible(form, await team(request)), attached=attachments.attached(form),
        acceptance=fields.ACCEPTANCE, said=await calculate(request, form, quote), parts=content,
        saved_as=saved_as,
    )  # fmt: skip
