"""Payments (D10): what is due and what was paid, on one page, with a receipt for each payment."""

from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.owners import send
from kontor_edge.portal import Slug, customer_names, page_context, query_view
from kontor_edge.query import loads, loads_all
from kontor_payments_pages.portal.receivable_view import ReceivableView
from kontor_payments_pages.portal.to_pay import views_of
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader

router = APIRouter(include_in_schema=False, prefix="/{slug}/zahlungen")

MANY = 50


async def payments_record(request: Request, before: str | None, many: int = MANY) -> asyncpg.Record:
    """`before` is the `next` of an earlier answer; one that nobody gave out begins at the latest."""
    time, _blank, id = (before or "").rpartition(" ")
    try:
        before_id = UUID(id) if time else None
    except ValueError:
        before_id = None
    return await query_view(
        request, "payments_of_reader", before=time if before_id else None, before_id=before_id, many=many
    )


@router.get("")
async def overview(request: Request, slug: Slug) -> Response:
    record = await payments_record(request, request.query_params.get("before"))
    due = views_of(record, "due")
    customers = loads(record["customers"], [])
    context = page_context(record, "payments", live=f"/{slug}/live")
    return pages(request).render(
        request, "payments/overview.html", context, slug=slug, groups=_groups(due), debited=_debited(due),
        made=loads_all(record["made"]), next=record["next"], names=customer_names(customers),
        trees=loads(record["trees"]), merchant_name=loads(record["merchant"], {}).get("name", ""),
    )  # fmt: skip


def _groups(due: list[ReceivableView]) -> list[dict[str, Any]]:
    """What can be paid at once: of one customer in one currency. What cannot be paid here is listed with it."""
    groups: dict[tuple[str, str], list[ReceivableView]] = {}
    for view in due:
        if view.open_minor:
            groups.setdefault((view.entry["customer_id"], view.currency), []).append(view)
    return [
        {
            "customer_id": customer,
            "currency": currency,
            "views": views,
            "sum_minor": sum(view.payable_minor for view in views if view.payable),
            "payable": any(view.payable for view in views),
        }
        for (customer, currency), views in groups.items()
    ]


def _debited(due: list[ReceivableView]) -> list[ReceivableView]:
    return [view for view in due if not view.open_minor]


@router.get("/{payment_id}/beleg")
async def receipt(request: Request, slug: Slug, payment_id: UUID) -> Response:
    """The receipt as PDF. The owner knows whose payment it is."""
    record = await query_view(request, "reader")
    page_context(record)
    answer = await send(
        request, "payments", "documents:read", "GET", f"/v1/payments/{payment_id}/receipt",
        params={"language": reader().language},
    )  # fmt: skip
    return file_response(answer.content, "application/pdf", _("receipt.pdf"), save=False)
