"""What happens to a receivable while it is locked reads a few rows, however many the merchant has."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import event
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1 import documents_pb2 as docs
from kontor_payments.copies import documents_copy
from kontor_payments.receivables.account import lock_by_document
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_testing.postgres import Databases

MANY = 5000
FEW = 50
# Others of the same merchant, each of a customer of its own.
_MORE = """
    INSERT INTO {table} SELECT (jsonb_populate_record(one, jsonb_build_object(
        'id', gen_random_uuid(), '{name}', gen_random_uuid(), 'customer_id', gen_random_uuid(), 'number', n::text))).*
    FROM {table} one, generate_series(1, {many}) n
"""


class Books:
    """A merchant with very many documents, and what one of their transactions asks the database."""

    def __init__(self, db: Database) -> None:
        self.db, self.merchant, self.customer, self.clock = db, uuid7(), uuid7(), Clock()
        self.asked: list[tuple[str, Any]] = []
        event.listen(db.engine.sync_engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            self.asked.append((statement, parameters))

    async def hear_of(self, session: AsyncSession, document: UUID, type: str, *names: str, version: int = 1) -> None:
        state = docs.Document(
            id=str(document), merchant_id=str(self.merchant), epoch=1, version=version, type=type, state="shared",
            number=f"N-{document}", customer_id=str(self.customer), currency="EUR", gross_minor=100, amount_due_minor=100,
            references=[docs.Reference(kind="invoice", number=name) for name in names],
        )  # fmt: skip
        copied = documents_copy(self.clock)
        row = await copied.store(session, state)
        assert copied.on_newer
        await copied.on_newer(session, row)

    async def read(self, session: AsyncSession) -> Iterator[tuple[int, str]]:
        """How many rows each step of what was asked has read, and the plan."""
        asked, connection = self.asked[:], await session.connection()
        found = []
        for statement, parameters in asked:
            explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
            plan = (await connection.exec_driver_sql(explain, parameters)).scalar_one()
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found += [(rows, f"{statement}\n{json.dumps(plan, indent=1)}") for rows in _rows(plan[0]["Plan"])]
        return iter(found)


def _rows(node: dict[str, Any]) -> Iterator[int]:
    yield sum(many for name, many in node.items() if name == "Actual Rows" or name.startswith("Rows Removed by"))
    for part in node.get("Plans", ()):
        yield from _rows(part)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def books(databases: Databases) -> AsyncIterator[Books]:
    database = await databases.create("payments")
    db = Database(database.runtime, pool_size=1)
    await db.open()
    made = Books(db)
    async with db.transaction(made.merchant) as session:
        await made.hear_of(session, uuid7(), "invoice")
    owner = await asyncpg.connect(database.owner)
    await owner.execute("SELECT set_config('kontor.merchant_id', $1, false)", str(made.merchant))
    for table, name in (("receivable", "document_id"), ("document", "id")):
        await owner.execute(_MORE.format(table=table, name=name, many=MANY))
        await owner.execute(f"ANALYZE {table}")
    await owner.close()
    yield made
    await db.close()


@pytest.mark.parametrize("type", ["invoice", "credit_note", "reminder"])
async def test_what_happens_to_an_invoice_reads_few_rows(books: Books, type: str) -> None:
    invoice, other = uuid7(), uuid7()
    async with books.db.transaction(books.merchant) as session:
        await books.hear_of(session, invoice, "invoice")
        await books.hear_of(session, uuid7(), "credit_note", f"N-{invoice}")
        await books.hear_of(session, uuid7(), "reminder", f"N-{invoice}")
        books.asked.clear()
        names = [] if type == "invoice" else [f"N-{invoice}"]
        await books.hear_of(session, other, type, *names)
        account = await lock_by_document(session, invoice, books.clock)
        assert account
        await account.close()
        read = list(await books.read(session))
        assert read
        for rows, plan in read:
            assert rows < FEW, plan
