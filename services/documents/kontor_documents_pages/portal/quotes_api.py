"""Quotes as JSON, for portals that are not these pages."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, Field

from kontor_documents_pages.portal import quote_commands
from kontor_edge.described import Amount
from kontor_edge.portal import query_view
from kontor_service.errors import NotFound
from kontor_service.validation import Line, Number, Text

router = APIRouter(prefix="/api/portal/v1/{slug}/documents/{document_id}", tags=["portal"])


class LineChoice(BaseModel):
    """A line by its id in the content. `quantity` may be left out where it is not changed."""

    id: Annotated[Line, Field(max_length=1_000)]
    selected: bool = True
    quantity: Annotated[Number, Field(max_digits=24)] | None = None


class QuoteChoice(BaseModel):
    """Lines that are not named stay as the quote proposes them."""

    lines: list[LineChoice] = Field(default=[], max_length=2_000)


def _as_choice(sent: Any) -> Any:
    return {"lines": sent} if isinstance(sent, list) else sent


class KeptChoice(BaseModel):
    """A line as it is kept. `quantity` is a decimal string."""

    id: str
    selected: bool
    quantity: Annotated[str, Field(examples=["5"])]


class ChoiceTax(BaseModel):
    """`category`: UNCL5305. `rate`: percent as a decimal string. `reason`: why no tax is due."""

    category: Annotated[str, Field(examples=["S"])]
    rate: Annotated[str, Field(examples=["19"])]
    taxable: Amount
    tax: Amount
    reason: str


class SelectionTotals(BaseModel):
    """`taxes`: `tax` by its rates. `asked`: what is to be paid with the acceptance."""

    lines: list[KeptChoice]
    net: Amount
    tax: Amount
    taxes: list[ChoiceTax]
    total: Amount
    asked: Amount


class SignatureInput(BaseModel):
    """`typed`: the full name as `text`. `drawn`: `strokes`, each a list of points [x, y] in pixels of the pad."""

    kind: Literal["typed", "drawn"]
    text: Annotated[Line, Field(max_length=200)] = ""
    strokes: list[list[tuple[float, float]]] = Field(default=[], max_length=1_000)


class QuoteAcceptance(BaseModel):
    """`version` is the document's `version` on screen. `selection` left out: what was saved; its lines may
    also be sent as a bare list. `consents`: ids of the terms' versions that were agreed to."""

    version: int = Field(ge=1)
    selection: Annotated[QuoteChoice | None, BeforeValidator(_as_choice)] = None
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    function: Annotated[Line, Field(max_length=200)] = ""
    signature: SignatureInput | None = None
    consents: list[Annotated[Line, Field(max_length=100)]] = Field(default=[], max_length=20)


class QuoteDecline(BaseModel):
    """`reason`: one of the merchant's, or empty."""

    reason: Annotated[Line, Field(max_length=200)] = ""
    text: Annotated[Text, Field(max_length=2_000)] = ""
    version: int | None = Field(default=None, ge=1)


class RequestText(BaseModel):
    text: Annotated[Text, Field(max_length=2_000)] = ""


class QuoteDecided(BaseModel):
    """`state`: accepted, promised (`asked` is to be paid first, see /checkouts) or declined."""

    state: Annotated[str, Field(examples=["accepted"])]
    version: int
    asked: Amount | None = None
    order_confirmation: UUID | None = None


class RequestReceived(BaseModel):
    id: UUID


@router.put("/selection", summary="Choose lines and quantities of a quote", response_model=SelectionTotals)
async def select(request: Request, slug: str, document_id: UUID, body: QuoteChoice) -> dict[str, Any]:
    """Kept until the quote is decided. 422 names the line: a quantity out of its bounds, two of one alternative."""
    await _visible(request, document_id)
    answer = await quote_commands.save_selection(request, document_id, _lines(body))
    return totals_of(answer["selection"])


@router.post("/acceptance", summary="Accept a quote", response_model=QuoteDecided)
async def accept(request: Request, slug: str, document_id: UUID, body: QuoteAcceptance) -> dict[str, Any]:
    """Binding once: the same acceptance again answers the same. 409 with `code`: `quote_amended` (with the present
    `version` and the `difference`), `quote_expired`, `already_decided`, `withdrawn`. 422 at `version` for one that the
    quote never had."""
    currency, language = await _visible(request, document_id)
    wanted = body.model_dump(mode="json", exclude={"selection"})
    wanted["selection"] = {"lines": _lines(body.selection)} if body.selection else None
    return _decided(await quote_commands.accept(request, document_id, wanted, language=language), currency)


@router.post("/decline", summary="Decline a quote", response_model=QuoteDecided)
async def decline(request: Request, slug: str, document_id: UUID, body: QuoteDecline) -> dict[str, Any]:
    """409 as for accepting."""
    currency, language = await _visible(request, document_id)
    wanted = body.model_dump(mode="json")
    return _decided(await quote_commands.decline(request, document_id, wanted, language=language), currency)


@router.post("/extension-request", summary="Ask for more time", response_model=RequestReceived)
async def request_extension(request: Request, slug: str, document_id: UUID, body: RequestText) -> dict[str, Any]:
    """Of a quote that has expired or will."""
    await _visible(request, document_id)
    return await quote_commands.ask(request, document_id, "extension", body.text)


@router.post("/new-offer-request", summary="Ask for another quote", response_model=RequestReceived)
async def request_new_offer(request: Request, slug: str, document_id: UUID, body: RequestText) -> dict[str, Any]:
    await _visible(request, document_id)
    return await quote_commands.ask(request, document_id, "new-offer", body.text)


def totals_of(selection: dict[str, Any]) -> dict[str, Any]:
    """The owner's answer, or the copy's `selection` with its currency, as the portal's API says it."""
    currency = selection["currency"]
    return {
        "lines": [{name: line[name] for name in KeptChoice.model_fields} for line in selection["lines"]],
        **{
            name: {"minor_units": selection[f"{given}_minor"], "currency": currency}
            for name, given in (("net", "net"), ("tax", "tax"), ("total", "gross"), ("asked", "asked"))
        },
        "taxes": [_tax(tax, currency) for tax in selection["taxes"]],
    }


def _tax(tax: dict[str, Any], currency: str) -> dict[str, Any]:
    amounts = {name: {"minor_units": tax[f"{name}_minor"], "currency": currency} for name in ("taxable", "tax")}
    return {"category": tax["category"], "rate": tax["rate"], "reason": tax["exemption_reason"], **amounts}


def _lines(body: QuoteChoice) -> list[dict[str, Any]]:
    return [{"id": line.id, "selected": line.selected, "quantity": _plain(line.quantity)} for line in body.lines]


def _plain(quantity: Decimal | None) -> str | None:
    return None if quantity is None else format(quantity, "f")


def _decided(answer: dict[str, Any], currency: str) -> dict[str, Any]:
    asked = answer["asked_minor"]
    return {
        "state": answer["state"], "version": answer["revision"],
        "asked": {"minor_units": asked, "currency": currency} if asked else None,
        "order_confirmation": answer["order_confirmation_id"],
    }  # fmt: skip


async def _visible(request: Request, document_id: UUID) -> tuple[str, str]:
    """The document's currency and the reader's language. Of what was withdrawn no currency: the owner says that it was.

    Raises NotFound for what the reader does not see, LoggedOut and PortalClosed like a page.
    """
    record = await query_view(request, "document", asked=document_id)
    language: str = orjson.loads(record["session"])["language"]
    if record["document"] is None:
        if not (await query_view(request, "withdrawn_document", asked=document_id))["withdrawn"]:
            raise NotFound
        return "", language
    return orjson.loads(record["entry"])["total"]["currency"], language
