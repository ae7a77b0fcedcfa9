"""Quote templates: what a quote is begun with. Kept by documents alone."""

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.quotes.data import data_of
from kontor_documents_pages.admin.quotes.writer import RIGHT, current_writer
from kontor_edge.acting import act, submit
from kontor_edge.edge import pages
from kontor_edge.owners import query_owner
from kontor_edge.staff import page_context
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/vorlagen")

_HERE = "/angebote/vorlagen"
_PATH = "/v1/quote-templates"
# What of a quote is the same for each customer.
_KEPT = (
    "title", "language", "introduction", "closing", "lines", "allowances_charges", "acceptance", "deposit_percent", "responsible",
)  # fmt: skip


@router.get("")
async def listed(request: Request) -> Response:
    staff = await current_writer(request)
    return pages(request).render(
        request, "quotes/templates.html", page_context(request, staff, "documents", live=False), staff=staff,
        templates=await all_templates(request), form=Form.of(),
    )  # fmt: skip


async def all_templates(request: Request) -> list[dict[str, Any]] | None:
    """By name; None where documents does not answer."""
    try:
        found = await query_owner(request, "documents", RIGHT, _PATH)
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
    templates: list[dict[str, Any]] = found["templates"]
    return templates


async def template_of(request: Request, template_id: UUID) -> dict[str, Any]:
    """With its data. Raises NotFound."""
    return await query_owner(request, "documents", RIGHT, f"{_PATH}/{template_id}")


async def store(request: Request, form: Form) -> int:
    """What is typed becomes a template under the name typed beside it; 200, or the status of a refusal, noted in the form."""
    trial = Form(form.values)
    wanted = data_of(trial)
    form.errors |= {
        name: error for name, error in trial.errors.items() if name.startswith(("lines[", "discount", "deposit"))
    }
    data = {name: wanted[name] for name in _KEPT if wanted[name] is not None}
    name = form.text("template_name", required=True, limit=100)
    body = {"name": name, "valid_days": _days(wanted), "data": data}
    _answer, status = await submit(request, form, "documents", RIGHT, _PATH, json=body, names={"name": "template_name"})
    return status


def _days(data: dict[str, Any]) -> int:
    """From the quote's date to its last day."""
    if not (data.get("issue_date") and data.get("valid_until")):
        return 30
    return max(1, (date.fromisoformat(data["valid_until"]) - date.fromisoformat(data["issue_date"])).days)


@router.post("/{template_id:uuid}/umbenennen")
async def rename(request: Request, template_id: UUID) -> Response:
    await current_writer(request)
    name = (await read_form(request)).text("name", limit=100)
    return await act(
        request,
        "documents",
        RIGHT,
        "PATCH",
        f"{_PATH}/{template_id}",
        json={"name": name},
        back=_HERE,
        good=_("Renamed."),
    )


@router.post("/{template_id:uuid}/loeschen")
async def delete(request: Request, template_id: UUID) -> Response:
    await current_writer(request)
    await read_form(request)
    return await act(
        request, "documents", RIGHT, "DELETE", f"{_PATH}/{template_id}", back=_HERE, good=_("The template is deleted.")
    )
