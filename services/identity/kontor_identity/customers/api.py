"""Customers and contact persons over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header

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
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Editor = Annotated[Principal, Depends(require("customers:edit"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@router.post("", status_code=201)
async def post_customer(wanted: CustomerNew, deps: Deps, editor: Editor, key: Key = None) -> dict[str, Any]:
    return await create_customer(deps, editor.merchant, wanted, key)


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
