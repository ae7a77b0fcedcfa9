"""Customers in: upsert by the number under which the other system knows them."""

from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import BaseModel, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import MOST, Permit, Results, data_body, each, let_in, permit
from kontor_service.errors import Invalid
from kontor_service.i18n import N_

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


_ROLES = "They decide which documents the portal shows to this customer"


class Customer(BaseModel):
    """A customer as Kontor stores it."""

    id: UUID
    number: str
    name: str
    kind: Literal["business", "consumer"]
    address: Address
    email: str
    phone: str
    vat_id: str
    language: Literal["de", "en"]
    roles: Annotated[list[Literal["customer", "supplier", "partner"]], Field(description=_ROLES)]
    portal_access: Literal["default", "on", "off"]
    mail_mode: Literal["default", "link", "link_and_files"]
    contacts: list[Contact] = []


class Customers(BaseModel):
    """`next` is the following page's `after`, null at the end."""

    customers: list[Customer]
    next: str | None


class StoredCustomer(BaseModel):
    number: str
    id: UUID
    version: int


@router.get("", summary="Customers by their numbers", response_model=Customers)
async def get_customers(
    request: Request,
    allowed: Editor,
    after: Annotated[str, Query(max_length=60, description="The last number you have seen")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """A page of them, in the order of their numbers."""
    identity, asked = edge_of(request).owner("identity"), {"after": after, "limit": limit}
    found: dict[str, Any] = (await identity.request("GET", "/v1/customers", token=allowed.token, params=asked)).json()
    return found


@router.put(
    "/{number}",
    summary="Create or change a customer",
    response_model=StoredCustomer,
    openapi_extra=data_body("CustomerData"),
)
async def put_customer(
    request: Request,
    number: Annotated[str, Path(max_length=60)],
    body: Annotated[dict[str, Any], Body()],
    allowed: Editor,
) -> dict[str, Any]:
    """Upsert by customer number: the only thing documents are matched by. What is left out stays as it is."""
    return await _upsert(request, allowed, number, body)


@router.post(
    "", summary="Create or change customers", response_model=StoredCustomer | Results, response_model_exclude_unset=True,
    openapi_extra=data_body("CustomerData", many=True),
)  # fmt: skip
async def post_customers(
    request: Request,
    body: Annotated[dict[str, Any] | Annotated[list[dict[str, Any]], Field(max_length=MOST)], Body()],
    allowed: Editor,
) -> dict[str, Any]:
    """One, or a list of up to 500; each is done by itself: see `results`."""
    if isinstance(body, dict):
        return await _upsert(request, allowed, body.get("number"), body)

    async def one_of_many(one: dict[str, Any]) -> dict[str, Any]:
        # A permit is for a moment; a long list takes longer.
        return await _upsert(request, await permit(request, **_RIGHT), one.get("number"), one)

    return await each(body, one_of_many)


async def _upsert(request: Request, allowed: Permit, number: Any, body: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(number, str) or not number:
        raise Invalid(N_("This field is missing."), field="number")
    edge = edge_of(request)
    path = f"/v1/customers/by-number/{quote(number, safe='')}"
    answer = (await edge.owner("identity").request("PUT", path, token=allowed.token, json=body)).json()
    await edge.views.apply_result(answer)
    return {"number": number, "id": answer["id"], "version": answer["version"]}
