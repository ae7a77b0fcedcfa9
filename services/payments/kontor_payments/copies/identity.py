"""The copies of merchants and customers: what identity says that payments must know."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import Envelope
from kontor_payments.models import Customer, Merchant, PaymentSettings
from kontor_service.database import Database


async def apply_merchants(db: Database, envelopes: Sequence[Envelope], *, sandbox_default: bool) -> None:
    for state in _states(envelopes, pb.Merchant):
        async with db.transaction(UUID(state.merchant_id)) as session:
            await _store(session, merchant_row(state))
            settings = PaymentSettings(merchant_id=UUID(state.merchant_id), sandbox=sandbox_default)
            first = insert(_table(PaymentSettings)).values(settings.model_dump()).on_conflict_do_nothing()
            await (await session.connection()).execute(first)


async def apply_customers(db: Database, envelopes: Sequence[Envelope]) -> None:
    for state in _states(envelopes, pb.Customer):
        async with db.transaction(UUID(state.merchant_id)) as session:
            # A tombstone keeps the version, so that late words do not bring the address back.
            email = "" if state.deleted else state.email
            row = Customer(
                id=UUID(state.id),
                merchant_id=UUID(state.merchant_id),
                epoch=state.epoch,
                version=state.version,
                email=email,
            )
            await _store(session, row)


def merchant_row(state: pb.Merchant) -> Merchant:
    """Every change marks the offer as stale; the job that follows finds out whether it is."""
    return Merchant(
        id=UUID(state.id),
        merchant_id=UUID(state.merchant_id),
        epoch=state.epoch,
        version=state.version,
        slug=state.slug,
        name=state.name,
        language=state.language or "de",
        time_zone=state.time_zone or "Europe/Berlin",
        payments_enabled=state.payments_enabled and not state.deleted,
        not_payable_types=[setting.type for setting in state.document_types if not setting.can_pay],
        iban=state.iban.replace(" ", ""),
        bic=state.bic.replace(" ", ""),
        account_holder=state.account_holder or state.name,
        offer_pending=True,
    )


def _states(envelopes: Sequence[Envelope], kind: type[Message]) -> list[Any]:
    return [state for envelope in envelopes if isinstance(state := envelope.state(), kind)]


async def _store(session: AsyncSession, row: SQLModel) -> None:
    table = _table(type(row))
    values = row.model_dump()
    statement = insert(table).values(values)
    newer = tuple_(table.c.epoch, table.c.version) < tuple_(statement.excluded.epoch, statement.excluded.version)
    fresh = {name: statement.excluded[name] for name in values if name not in ("id", "merchant_id")}
    upsert = statement.on_conflict_do_update(index_elements=["id"], set_=fresh, where=newer)
    await (await session.connection()).execute(upsert)


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]
