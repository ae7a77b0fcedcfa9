"""What an owner copies of other owners: each aggregate is declared once, its consumer follows from that.

copy_consumer("payments.customers", db, Copied(Customer, pb.Customer))
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import cached_property
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Date, DateTime, LargeBinary, Table, Uuid, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_bus import Copy, Envelope
from kontor_bus.envelope import aggregate_of
from kontor_events.registry import snapshot_class, type_of
from kontor_service.database import Database


def _nothing_else(_: Any) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Copied:
    """`model` is the table, with `epoch` and `version`; its columns are the fields of `state` of the same names.

    `columns` gives those that are not one to one. A column of bytes holds the whole message. A deleted aggregate keeps
    its id, merchant and version, and nothing of what was said.
    `before` is called once per transaction, before any row is locked; `on_newer` with each row that was news.
    """

    model: type[SQLModel]
    state: type[Message]
    columns: Callable[[Any], Mapping[str, Any]] = _nothing_else
    before: Callable[[AsyncSession, UUID], Awaitable[None]] | None = None
    on_newer: Callable[[Any, Any], Awaitable[None]] | None = None

    @cached_property
    def binding(self) -> str:
        """The pattern of all facts of the aggregate."""
        return aggregate_of(type_of(snapshot_class(self.state))) + ".#"

    def row(self, state: Any) -> Any:
        if state.deleted:
            state = type(state)(
                id=state.id, merchant_id=state.merchant_id, epoch=state.epoch, version=state.version, deleted=True
            )
        given = self.columns(state)
        return self.model(
            **{c.name: given[c.name] if c.name in given else _value(state, c) for c in self._table.columns}
        )

    async def store(self, session: Any, state: Any) -> Any | None:
        """The row where it is newer than what was there."""
        row, table = self.row(state), self._table
        values = {column.name: getattr(row, column.name) for column in table.columns}
        statement = insert(table).values(values)
        newer = tuple_(table.c.epoch, table.c.version) < tuple_(statement.excluded.epoch, statement.excluded.version)
        keys = [column.name for column in table.primary_key]
        fresh = {name: statement.excluded[name] for name in values if name not in (*keys, "merchant_id")}
        upsert = statement.on_conflict_do_update(index_elements=keys, set_=fresh, where=newer).returning(
            table.c.version
        )
        # On the connection: nothing that the session knows of is flushed for this.
        stored = (await (await session.connection()).execute(upsert)).first()
        return row if stored is not None else None

    @property
    def _table(self) -> Table:
        table: Table = self.model.__table__  # type: ignore[attr-defined]
        return table


def copy_consumer(name: str, db: Database, *copied: Copied, after: Callable[[], None] = lambda: None) -> Copy:
    """Stores what is newer, in one transaction per merchant. `after` is called after the commit of a batch."""
    by_state = {one.state: one for one in copied}

    async def apply(batch: Sequence[Envelope]) -> None:
        found: dict[UUID, dict[tuple[int, str], Any]] = defaultdict(dict)
        for envelope in batch:
            state: Any = envelope.state()
            if type(state) in by_state:
                _keep_newest(found[UUID(state.merchant_id)], (copied.index(by_state[type(state)]), state.id), state)
        for merchant_id, states in found.items():
            async with db.transaction(merchant_id) as session:
                # In the order of ids: two batches that share aggregates must not wait for each other crosswise.
                ordered = [states[key] for key in sorted(states)]
                await _apply(session, merchant_id, [(by_state[type(state)], state) for state in ordered])
        after()

    return Copy(name, [one.binding for one in copied], apply)


async def _apply(session: AsyncSession, merchant_id: UUID, states: Sequence[tuple[Copied, Any]]) -> None:
    for before in {one.before for one, _ in states if one.before is not None}:
        await before(session, merchant_id)
    for one, state in states:
        row = await one.store(session, state)
        if row is not None and one.on_newer is not None:
            await one.on_newer(session, row)


def _keep_newest(states: dict[tuple[int, str], Any], key: tuple[int, str], state: Any) -> None:
    known = states.get(key)
    if known is None or (state.epoch, state.version) > (known.epoch, known.version):
        states[key] = state


def _value(state: Any, column: Any) -> Any:
    match column.type:
        case LargeBinary():
            return state.SerializeToString(deterministic=True)
        case Uuid():
            value = getattr(state, column.name)
            return UUID(value) if value else None
        case Date():
            value = getattr(state, column.name)
            return date.fromisoformat(value) if value else None
        case DateTime():
            return getattr(state, column.name).ToDatetime(UTC) if state.HasField(column.name) else None
    return getattr(state, column.name)
