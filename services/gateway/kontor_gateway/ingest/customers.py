"""Customers in: upsert by the number under which the other system knows them."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import MOST, Permit, each, let_in, permit

router = APIRouter(prefix="/api/ingest/v1/customers", tags=["ingest"])


_RIGHT = {"audience": "identity", "right": "customers:edit"}
Editor = Annotated[Permit, let_in(**_RIGHT)]


class Address(BaseModel):
    line1: str = ""
    line2: str = ""
    post_code: str = ""
    city: str = ""
    country: Annotated[str, Field(description="ISO 3166-1 alpha-2")] = "DE"


class Contact(BaseModel):
    """A contact person, matched by e-mail address."""

    name: str
    email: str
    function: str = ""
    phone: str = ""
    language: Literal["de", "en"] | None = None
    gets_quotes: bool = True
    gets_invoices: bool = True
    gets_reminders: bool = True


class Customer(BaseModel):
    """What is left out stays as it is. identity judges the rest: unknown fields come back as errors."""

    model_config = ConfigDict(extra="allow")

    name: str | None = None
    kind: Literal["business", "consumer"] | None = None
    address: Address | None = None
    email: str | None = None
    phone: str | None = None
    vat_id: str | None = None
    language: Literal["de", "en"] | None = None
    portal_access: Literal["default", "on", "off"] | None = None
    mail_mode: Literal["default", "link", "link_and_files"] | None = None
    contacts: list[Contact] = []


class NumberedCustomer(Customer):
    number: Annotated[str, Field(min_length=1, max_length=60)]


@router.put("/{number}", summary="Create or change a customer")
async def put_customer(
    request: Request, number: Annotated[str, Path(max_length=60)], body: Customer, allowed: Editor
) -> dict[str, Any]:
    """Upsert by customer number: the only thing documents are matched by."""
    return await _upsert(request, allowed, number, body)


@router.post("", summary="Create or change customers")
async def post_customers(
    request: Request,
    body: NumberedCustomer | Annotated[list[NumberedCustomer], Field(max_length=MOST)],
    allowed: Editor,
) -> dict[str, Any]:
    """One, or a list of up to 500; each is done by itself: see `results`."""
    if isinstance(body, NumberedCustomer):
        return await _upsert(request, allowed, body.number, body)

    async def one_of_many(one: NumberedCustomer) -> dict[str, Any]:
        # A permit is for a moment; a long list takes longer.
        return await _upsert(request, await permit(request, **_RIGHT), one.number, one)

    return await each(body, one_of_many)


async def _upsert(request: Request, allowed: Permit, number: str, body: Customer) -> dict[str, Any]:
    edge = edge_of(request)
    said = body.model_dump(mode="json", exclude_unset=True, exclude={"number"})
    answer = (
        await edge.owner("identity").request(
            "PUT", f"/v1/customers/by-number/{quote(number, safe='')}", token=allowed.token, json=said
        )
    ).json()
    await edge.views.apply_result(answer)
    return {"number": number, "id": answer["id"], "version": answer["version"]}
