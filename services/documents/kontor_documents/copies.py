"""What documents knows of merchants and customers: their state as identity last told it."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_service.locks import lock_merchant


async def lock_customers(session: AsyncSession, merchant_id: UUID, *, shared: bool = False) -> None:
    """Locks the merchant's matching of documents and customers: for changing customers or the merchant, or `shared` for
    finding a document's customer.

    If both looked for each other at the same moment, each before the other's commit, neither would find the other. To be
    called before a row is locked.
    """
    await lock_merchant(session, merchant_id, what="documents and customers", shared=shared)


def customer_columns(state: pb.Customer) -> dict[str, Any]:
    emails = {state.email, *(contact.email for contact in state.contacts)} - {""}
    return {"vat_id": _plain(state.vat_id), "emails": sorted(email.lower() for email in emails)}


async def merchant(session: AsyncSession, merchant_id: UUID) -> pb.Merchant | None:
    row = (
        await session.execute(text("SELECT state FROM merchant WHERE merchant_id = :id"), {"id": merchant_id})
    ).first()
    return pb.Merchant.FromString(row.state) if row else None


async def customer(session: AsyncSession, customer_id: UUID | None) -> pb.Customer | None:
    if customer_id is None:
        return None
    row = (await session.execute(text("SELECT state FROM customer WHERE id = :id"), {"id": customer_id})).first()
    return pb.Customer.FromString(row.state) if row else None


async def customer_id_by_number(session: AsyncSession, number: str) -> UUID | None:
    """The one thing a customer is matched by: one wrong match shows a firm's bills to another."""
    if not number:
        return None
    found = await session.execute(
        text("SELECT id FROM customer WHERE number = :number AND NOT deleted"), {"number": number}
    )
    row = found.first()
    return row.id if row else None


async def suggested_customer_id(session: AsyncSession, vat_id: str, email: str) -> UUID | None:
    """The only customer with this VAT id or, failing that, this e-mail address; a hint, never a match."""
    for condition, value in (("vat_id = :value", _plain(vat_id)), ("emails @> ARRAY[:value]::text[]", email.lower())):
        if not value:
            continue
        found = await session.execute(
            text(f"SELECT id FROM customer WHERE {condition} AND NOT deleted LIMIT 2"), {"value": value}
        )
        rows = found.all()
        if len(rows) == 1:
            only: UUID = rows[0].id
            return only
    return None


def _plain(vat_id: str) -> str:
    return "".join(vat_id.split()).upper()
