"""Which document types the portal shows, and which actions each allows (A4)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_admin.settings_pages.tabs import save, settings_page
from kontor_edge.staff import current_staff
from kontor_web import Form, read_form

router = APIRouter(prefix="/dokumente")

ACTIONS = ("visible", "can_print", "can_pay")
PAYABLE = ("invoice", "reminder")


@router.get("")
async def show(request: Request) -> Response:
    staff = await current_staff(request)
    return settings_page(request, staff, "types", "types", form=_form(staff.merchant), payable=PAYABLE)


@router.post("")
async def change(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    types = [{"type": kind} | {action: form.has(action, kind) for action in _actions(kind)} for kind in DocumentType]
    done = await save(request, staff, form, {"document_types": types}, "/einstellungen/dokumente")
    if isinstance(done, Response):
        return done
    return settings_page(request, staff, "types", "types", done, form=form, payable=PAYABLE)


def _actions(kind: str) -> tuple[str, ...]:
    return ACTIONS if kind in PAYABLE else ACTIONS[:-1]


def _form(merchant: dict[str, Any]) -> Form:
    types = merchant.get("document_types", ())
    return Form.of({action: [t["type"] for t in types if t[action]] for action in ACTIONS})
