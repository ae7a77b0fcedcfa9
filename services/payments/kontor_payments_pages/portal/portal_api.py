"""Paying as JSON, for portals that are not these pages."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from kontor_edge.answers import json_answer
from kontor_edge.described import Amount, answers
from kontor_edge.edge import edge_of
from kontor_edge.portal import query_view
from kontor_edge.query import loads_all
from kontor_payments_pages.portal.answers import Payments
from kontor_payments_pages.portal.commands import start_checkout, transfer_details
from kontor_payments_pages.portal.overview import MANY, payments_record
from kontor_payments_pages.portal.to_pay import MOST, ToPay, to_pay
from kontor_service.errors import Invalid, NotFound
from kontor_service.i18n import N_

router = APIRouter(prefix="/api/portal/v1/{slug}", tags=["portal"])


class CheckoutWanted(BaseModel):
    """`method`: one of the document's `payment_details.methods`, other than transfer. `amount`: less than all that is to be
    paid, where `payment_details.partial_minimum` is not 0."""

    method: Annotated[str, Field(min_length=1, max_length=40, examples=["card"])]
    amount: Amount | None = None


class SeveralWanted(CheckoutWanted):
    """Of one customer, in one currency. An `amount` can be given with one document alone."""

    documents: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]


class CheckoutState(BaseModel):
    checkout_id: UUID | None
    redirect_url: str | None
    status: Annotated[str, Field(examples=["open"])]


class TransferDetails(BaseModel):
    iban: str
    bic: str
    holder: str
    reference: str
    epc: str | None
    amount: Amount


_STARTED: dict[str, Any] = {
    "status_code": 201,
    "response_model": CheckoutState,
    "responses": {200: {"model": CheckoutState, "description": "Nothing is left to pay"}},
}


@router.post("/checkouts", summary="Start paying several documents", **_STARTED)
async def checkout_of_several(request: Request, response: Response, slug: str, body: SeveralWanted) -> dict[str, Any]:
    """As for one document; `redirect_url` is the page on which all of them are paid at once."""
    return await _start(request, response, slug, body.documents, body)


@router.post("/documents/{document_id}/checkouts", summary="Start paying", **_STARTED)
async def checkout(
    request: Request, response: Response, slug: str, document_id: UUID, body: CheckoutWanted
) -> dict[str, Any]:
    """`redirect_url` is the provider's payment page; repeated calls return the same page until it is paid or expires.
    If nothing is left to pay, `redirect_url` is null, the answer is 200 instead of 201, and `status` says
    `already_paid` or `on_its_way`."""
    return await _start(request, response, slug, [document_id], body)


async def _start(
    request: Request, response: Response, slug: str, ids: Sequence[UUID], wanted: CheckoutWanted
) -> dict[str, Any]:  # fmt: skip
    found = await to_pay(request, ids)
    place = f"dokumente/{ids[0]}/zurueck" if len(ids) == 1 else "zahlungen/zurueck"
    named = "" if len(ids) == 1 else "?" + "&".join(f"document={id}" for id in ids)
    started = await start_checkout(
        request, ids, method=wanted.method, amount_minor=_amount(wanted, found), language=found.first.session["language"],
        return_url=f"{edge_of(request).settings.portal_url}/{slug}/{place}{named}",
    )  # fmt: skip
    if "redirect_url" not in started:
        response.status_code = 200
    return {
        "checkout_id": started.get("checkout_id"),
        "redirect_url": started.get("redirect_url"),
        "status": started.get("status", "open"),
    }


def _amount(wanted: CheckoutWanted, found: ToPay) -> int | None:
    if wanted.amount is None:
        return None
    if wanted.amount.currency != found.currency:
        raise Invalid(N_("The document is in %(currency)s."), field="amount", currency=found.currency)
    return wanted.amount.minor_units


@router.get("/payments", summary="Payments", **answers(Payments))
async def payments(
    request: Request, slug: str, before: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = MANY
) -> Response:
    """What was paid, or is on its way, the latest first. `next` is the following page's `before`, null at the end. `receipt` is the
    address of a PDF, null until the money has arrived."""
    record = await payments_record(request, before, limit)
    body = {"payments": [_payment(slug, one) for one in loads_all(record["made"])], "next": record["next"]}
    return json_answer(request, orjson.dumps(body))


def _payment(slug: str, one: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = one["made"]
    return made | {"receipt": f"/{slug}/zahlungen/{made['id']}/beleg" if made["receipt"] else None}


@router.get(
    "/documents/{document_id}/transfer", summary="What to write on a bank transfer", response_model=TransferDetails
)
async def transfer(request: Request, slug: str, document_id: UUID) -> dict[str, Any]:
    """`epc` is the text of the QR code that banking apps read (EPC069-12)."""
    await _visible(request, document_id)
    found = await transfer_details(request, [document_id])
    amount = {"minor_units": found["amount_minor"], "currency": found["currency"]}
    return {name: found[name] for name in ("iban", "bic", "holder", "reference", "epc")} | {"amount": amount}


async def _visible(request: Request, document_id: UUID) -> None:
    """Raises NotFound for a document that is not theirs, before any owner is asked."""
    record = await query_view(request, "document", asked=document_id)
    if record["document"] is None:
        raise NotFound
