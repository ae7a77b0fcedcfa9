"""A file of bank statements: checked as a whole, then what is new in it is stored."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Table
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import StatementEntryState
from kontor_bus import record
from kontor_payments.statements.accounts import accounts_of, own_account
from kontor_payments.statements.identity import Trace, traces, unknown
from kontor_payments.statements.models import BankStatement, StatementEntry
from kontor_payments.statements.proposing import propose_again
from kontor_payments.statements.reading.files import naming_file, read_file
from kontor_payments.statements.reading.model import Entry, FileUnreadable, Statement
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.errors import Problem
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.locks import lock_merchant

T = TypeVar("T")

_LOCK = "bank statements"
# So many rows are held in memory at a time.
_CHUNK = 500
_TABLE: Table = StatementEntry.__table__
_DEFAULTS = {
    name: field.get_default(call_default_factory=True)
    for name, field in StatementEntry.model_fields.items()
    if not field.is_required()
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A statement of the file with what its entries are recognised by; they themselves are read again where they are stored."""

    head: Statement
    account: str
    traces: list[Trace]

    @property
    def content(self) -> str:
        said: list[object] = [self.head.format, self.head.number, self.head.opening_minor, self.head.closing_minor]
        said += [(trace.day.isoformat(), trace.amount_minor, trace.digest) for trace in self.traces]
        return hashlib.sha256(repr(said).encode()).hexdigest()


async def import_file(
    db: Database, clock: Clock, merchant_id: UUID, content: bytes, *, file_name: str, by: str
) -> tuple[list[BankStatement], bool]:
    """The file's statements, and whether any of them is new. The same file again changes nothing.

    Raises FileUnreadable, TooLarge, StatementOfAnotherAccount; then nothing is stored.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = await asyncio.to_thread(_recognise, content)
    async with db.transaction(merchant_id) as session:
        await lock_merchant(session, merchant_id, what=_LOCK)
        known = (await session.exec(select(BankStatement).where(BankStatement.file_sha256 == digest))).all()
        if known:
            return list(known), False
        accounts = await accounts_of(session, merchant_id)
        statements = [Recognised(head, _account(head, accounts), rows) for head, rows in found]
        stored = []
        async with aclosing(_Reader(content)) as reader:
            for one in statements:
                row = _statement(one, merchant_id, digest, clock.now())
                row.file_name, row.imported_by = file_name[-200:], by
                stored.append(await _store(session, row, one, reader))
        is_new = any(new for _, new in stored)
        if is_new:
            # Invoices may have come since the payments that still wait were proposed for.
            await propose_again(session)
        return [row for row, _ in stored], is_new


def _account(head: Statement, accounts: set[str]) -> str:
    with naming_file(head.file):
        return own_account(head.account, accounts)


def _statement(found: Recognised, merchant_id: UUID, file_sha256: str, now: datetime) -> BankStatement:
    head, days = found.head, [trace.day for trace in found.traces]
    return BankStatement(
        id=uuid7(), merchant_id=merchant_id, file_sha256=file_sha256, imported_at=now, content=found.content, format=head.format,
        number=head.number, account=found.account, currency=head.currency,
        first_day=min(days, default=None), last_day=max(days, default=None),
        opening_minor=head.opening_minor, closing_minor=head.closing_minor,
    )  # fmt: skip


def _recognise(content: bytes) -> list[tuple[Statement, list[Trace]]]:
    """The whole file, of each entry only what it is recognised by."""
    try:
        found = [(head, traces(head, entries)) for head, entries in _statements(content)]
    except Problem as problem:
        # What led to it holds the parser, which is not to be freed in another thread.
        problem.__cause__ = problem.__context__ = None
        raise problem.with_traceback(None) from None
    if not found:
        raise FileUnreadable(N_("There is no bank statement in this file."), code="statement_missing", field="file")
    return found


def _statements(content: bytes) -> Iterator[tuple[Statement, Iterator[Entry]]]:
    """Each statement with its entries, which are to be read before the next one."""
    items = read_file(content)
    following = next(items, None)
    while isinstance(following, Statement):
        head, following = following, None

        def entries() -> Iterator[Entry]:
            nonlocal following
            for item in items:
                if isinstance(item, Statement):
                    following = item
                    return
                yield item

        yield head, entries()


class _Reader:
    """Reads the file a second time, statement by statement, a few hundred entries at a time.

    In a thread of its own: libxml2's parser must not leave the one that it was begun in.
    """

    def __init__(self, content: bytes) -> None:
        self._thread = ThreadPoolExecutor(1, "bank statement")
        self._statements = _statements(content)
        self._entries: Iterator[tuple[int, Entry]] = iter(())

    async def begin(self) -> None:
        """Goes on to the next statement."""
        await self._run(self._begin)

    async def chunk(self) -> list[tuple[int, Entry]]:
        """The next entries with their places; none at the end of the statement."""
        return await self._run(lambda: list(islice(self._entries, _CHUNK)))

    async def aclose(self) -> None:
        await self._run(self._drop)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _begin(self) -> None:
        for _ in self._entries:
            continue
        self._entries = enumerate(next(self._statements)[1])

    def _drop(self) -> None:
        self._entries, self._statements = iter(()), iter(())


async def _store(
    session: AsyncSession, row: BankStatement, found: Recognised, reader: _Reader
) -> tuple[BankStatement, bool]:
    """The statement, and whether it is new; another file may have had it."""
    query = select(BankStatement).where(BankStatement.account == row.account, BankStatement.content == row.content)
    await reader.begin()
    if (known := (await session.exec(query)).first()) is not None:
        return known, False
    session.add(row)
    await session.flush()
    ordinals = await _new_ones(session, row, found.traces)
    while chunk := await reader.chunk():
        rows = [part for place, entry in chunk for part in _rows(row, entry, found.traces[place], ordinals.get(place))]
        row.payments += sum(len(entry.parts) for _, entry in chunk)
        row.new_payments += len(rows)
        if rows:
            # Not as objects of the session: they are many.
            await (await session.connection()).execute(_TABLE.insert(), rows)
    record(session, pb.BankStatementImported(bank_statement=state_of(pb.BankStatement, row)))
    return row, True


async def _new_ones(session: AsyncSession, row: BankStatement, found: list[Trace]) -> dict[int, int]:
    """The places of entries that are not known, each with its number among the equal ones of its day."""
    if not found:
        return {}
    by_day: dict[date, list[int]] = defaultdict(list)
    for place, trace in enumerate(found):
        by_day[trace.day].append(place)
    known = await _known(session, row.account, min(by_day), max(by_day))
    ordinals = {}
    for day, places in by_day.items():
        counts: dict[str, int] = defaultdict(int)
        for trace in known.get(day, ()):
            counts[trace.digest] += 1
        for index in unknown(known.get(day, []), [found[place] for place in places]):
            digest = found[places[index]].digest
            ordinals[places[index]] = counts[digest]
            counts[digest] += 1
    return ordinals


async def _known(session: AsyncSession, account: str, first: date, last: date) -> dict[date, list[Trace]]:
    one = StatementEntry
    query = (
        select(one)
        .where(one.account == account, one.part == 0, col(one.booked_on).between(first, last))
        .order_by(col(one.booked_on), col(one.id))
    )
    found: dict[date, list[Trace]] = defaultdict(list)
    for row in await session.exec(query.execution_options(yield_per=_CHUNK)):
        found[row.booked_on].append(
            Trace(
                row.booked_on, row.entry_minor, row.digest, row.format, row.balance_minor, row.starts_minor, row.has_start, row.whole
            )
        )  # fmt: skip
        session.expunge(row)
    return found


def _rows(statement: BankStatement, entry: Entry, trace: Trace, ordinal: int | None) -> list[dict[str, Any]]:
    """One for each part; none for an entry that is known, or worth nothing."""
    if ordinal is None:
        return []
    return [
        _DEFAULTS
        | {
            "id": uuid7(), "merchant_id": statement.merchant_id, "statement_id": statement.id, "account": statement.account,
            "digest": trace.digest, "ordinal": ordinal, "part": place, "format": trace.format, "entry_minor": trace.amount_minor,
            "balance_minor": trace.balance_minor, "starts_minor": trace.starts_minor, "has_start": trace.has_start, "whole": trace.whole,
            "booked_on": entry.booked_on, "valued_on": entry.valued_on, "amount_minor": part.amount_minor,
            "original_minor": part.original_minor, "currency": entry.currency, "name": part.name, "iban": part.iban,
            "text": part.text or entry.posting_text, "reference": part.reference, "end_to_end_id": part.end_to_end_id,
            "return_code": part.return_code, "direct_debit": entry.direct_debit,
            "state": StatementEntryState.WAITING
            if part.amount_minor > 0 or part.return_code
            else StatementEntryState.OUTGOING,
        }
        for place, part in enumerate(one for one in entry.parts if one.amount_minor)
    ]  # fmt: skip
