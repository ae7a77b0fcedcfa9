"""What an owner publishes. Each aggregate is declared once; sending its state again follows from that.

AGGREGATES = (Published(Receivable, pb.Receivable), Published(Payment, pb.Payment, payment_states))
build_app(…, routers=[…, snapshots_router(AGGREGATES, "merchants_with_receivables")])
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from google.protobuf.message import Message
from pydantic import BaseModel
from sqlalchemy import ColumnElement, true
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_bus import record
from kontor_bus.envelope import aggregate_of
from kontor_events.registry import snapshot_class, type_of
from kontor_service.database import Database
from kontor_service.errors import Invalid
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.models import Aggregate
from kontor_service.tokens import ServiceCaller

_BATCH = 200

# The states of some rows in their order.
States = Callable[[AsyncSession, Sequence[Any]], Awaitable[Sequence[Message]]]


def each(describe: Callable[[Any], Message]) -> States:
    """States that need nothing but their own row."""

    async def states(_: AsyncSession, rows: Sequence[Any]) -> list[Message]:
        return [describe(row) for row in rows]

    return states


@dataclass(frozen=True)
class Published:
    """`state` is the contract's message for a row of `model`.

    `states` is needed where a state is more than the columns of its row, e.g. a meter with its registers.
    `order` is the column in whose order everybody locks several rows, unique per merchant. `only` leaves out rows that
    nobody is told of.
    """

    model: type[Aggregate]
    state: type[Message]
    states: States | None = None
    order: str = "id"
    only: ColumnElement[bool] = field(default_factory=true)

    @cached_property
    def snapshot(self) -> type[Message]:
        return snapshot_class(self.state)

    @cached_property
    def name(self) -> str:
        """E.g. `payments.receivable`."""
        return aggregate_of(type_of(self.snapshot))

    async def snapshots(self, session: AsyncSession, rows: Sequence[Any]) -> list[Message]:
        field = self.snapshot.DESCRIPTOR.fields_by_number[1].name
        describe = self.states or each(partial(state_of, self.state))
        return [self.snapshot(**{field: state}) for state in await describe(session, rows)]


class SnapshotsInput(BaseModel):
    """One aggregate, e.g. `receivable`, or all."""

    aggregate: str | None = None


def snapshots_router(aggregates: Sequence[Published], *merchants: str) -> APIRouter:
    """POST /v1/snapshots: the state of everything once more, for a copy that is being rebuilt.

    `merchants` names the SQL functions that list the owner's merchants. A token that names a merchant gets that one's.
    """
    router = APIRouter(tags=["snapshots"])
    known = {aggregate.name.partition(".")[2]: aggregate for aggregate in aggregates}
    query = " UNION ".join(f"SELECT {function}() AS id" for function in merchants)

    @router.post("/v1/snapshots")
    async def resend(request: Request, caller: ServiceCaller, wanted: SnapshotsInput | None = None) -> dict[str, Any]:
        """Counts what was recorded in the outbox. Live events go on beside it; no version grows."""
        name = wanted.aggregate if wanted else None
        if name is not None and name not in known:
            raise Invalid(N_("One of %(known)s is expected."), field="aggregate", known=", ".join(known))
        db: Database = request.app.state.db
        if caller.merchant_id:
            chosen = [caller.merchant_id]
        else:
            async with db.connection() as connection:
                chosen = [row["id"] for row in await connection.fetch(query)]
        sent = {
            aggregate.name: sum([await _resend(db, merchant_id, aggregate) for merchant_id in chosen])
            for aggregate in ([known[name]] if name else aggregates)
        }
        return {"counts": sent}

    return router


async def _resend(db: Database, merchant_id: UUID, aggregate: Published) -> int:
    """A short transaction per batch, in the order in which others lock rows."""
    count, last = 0, UUID(int=0)
    table, order = aggregate.model, aggregate.order
    while True:
        async with db.transaction(merchant_id) as session:
            # Shared locks: each state goes out with the version it has, whatever else it is made of.
            query = (
                select(table)
                .where(getattr(table, order) > last, aggregate.only)
                .order_by(getattr(table, order))
                .limit(_BATCH)
            )
            rows = (await session.exec(query.with_for_update(read=True))).all()
            for snapshot in await aggregate.snapshots(session, rows):
                record(session, snapshot)
        count += len(rows)
        if len(rows) < _BATCH:
            return count
        last = getattr(rows[-1], order)
