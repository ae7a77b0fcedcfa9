"""Customers and contact persons over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query
from google.protobuf.json_format import MessageToDict
from sqlmodel import col, select

from kontor_identity.customers.batches import Batch, take_batch
from kontor_identity.customers.contacts import add_contact, change_contact, invite_contact, revoke_contact
from kontor_identity.customers.inputs import (
    ContactChange,
    ContactInput,
    CustomerChange,
    CustomerNew,
    CustomerUpsert,
    Number,
)  # fmt: skip
from kontor_identity.customers.service import change_customer, create_customer, upsert_customer
from kontor_identity.dependencies import Deps
from kontor_identity.events import customer_states
from kontor_identity.models import Customer
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Editor = Annotated[Principal, Depends(require("customers:edit"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@router.get("")
async def get_customers(
    deps: Deps,
    editor: Editor,
    after: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """In the order of their numbers, from behind `after` on. `next` is the following page's `after`, null at the end."""
    async with deps.db.transaction(editor.merchant) as session:
        query = select(Customer).where(Customer.number > after).order_by(col(Customer.number)).limit(limit)
        states = await customer_states(session, (await session.exec(query)).all())
    customers = [
        MessageToDict(state, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        for state in states
    ]
    return {"customers": customers, "next": states[-1].number if len(states) == limit else None}


@router.post("", status_code=201)
async def post_customer(wanted: CustomerNew, deps: Deps, editor: Editor, key: Key = None) -> dict[str, Any]:
    return await create_customer(deps, editor.merchant, wanted, key)


@router.post("/batches")
async def post_batch(batch: Batch, deps: Deps, editor: Editor) -> dict[str, Any]:
    """Up to 1,000 customers, each for itself: looked at, or stored too."""
    return {"results": await take_batch(deps, editor.merchant, batch)}


@router.put("/by-number/{number:path}")
async def put_customer(number: Number, wanted: CustomerUpsert, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await upsert_customer(deps, editor.merchant, number, wanted)


@router.patch("/{customer_id}")
async def patch_customer(customer_id: UUID, change: CustomerChange, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await change_customer(deps, editor.merchant, customer_id, change)


@router.post("/{customer_id}/contacts", status_code=201)
async def post_contact(
    customer_id: UUID, wanted: ContactInput, deps: Deps, editor: Editor, key: Key = None
) -> dict[str, Any]:
    return await add_contact(deps, editor.merchant, customer_id, wanted, key)


@router.patch("/{customer_id}/contacts/{contact_id}")
async def patch_contact(
    customer_id: UUID, contact_id: UUID, change: ContactChange, deps: Deps, editor: Editor
) -> dict[str, Any]:
    return await change_contact(deps, editor.merchant, customer_id, contact_id, change)


@router.post("/{customer_id}/contacts/{contact_id}/invite")
async def invite(customer_id: UUID, contact_id: UUID, deps: Deps, editor: Editor, key: Key = None) -> dict[str, Any]:
    return await invite_contact(deps, editor.merchant, customer_id, contact_id, key)


@router.post("/{customer_id}/contacts/{contact_id}/revoke")
async def revoke(customer_id: UUID, contact_id: UUID, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await revoke_contact(deps, editor.merchant, customer_id, contact_id)
