"""All that a merchant's customers may pay, read once for many entries of statements."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import orjson

from kontor_payments.statements.accounts import known_payers
from kontor_payments.statements.matching import OpenItem, OpenItems
from kontor_service.database import Database

# What is debited counts as pending until it is there.
_OPEN = """
SELECT r.document_id, r.document_number, r.payment_reference, r.currency, r.due_date, r.customer_id, c.name,
    CASE WHEN r.payment_means = 'direct_debit' THEN r.pending_minor ELSE r.open_minor END AS unpaid,
    nullif(r.cash_discounts, '[]') AS discounts, r.instalments -> 0 ->> 'open_minor' AS instalment
FROM receivable r LEFT JOIN customer c ON c.id = r.customer_id
WHERE r.state NOT IN ('paid', 'cancelled', 'credit', 'settled') AND r.repeats_document_ids = '[]'
"""
_REMINDERS = """
SELECT document_number, repeats_document_ids FROM receivable WHERE repeats_document_ids <> '[]' AND state <> 'cancelled'
"""
_AT_ONCE = 2000


async def load_open_items(db: Database, merchant_id: UUID) -> OpenItems:
    items: list[OpenItem] = []
    names: dict[UUID | None, str] = {}
    async with db.connection() as connection, connection.transaction(readonly=True):
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(merchant_id))
        async for row in connection.cursor(_OPEN, prefetch=_AT_ONCE):
            if row["unpaid"] > 0:
                name = names.setdefault(row["customer_id"], row["name"] or "")
                items.append(_item(row, name))
        reminders = await connection.fetch(_REMINDERS)
    async with db.transaction(merchant_id) as session:
        payers = await known_payers(session)
    also: dict[str, Sequence[UUID]] = {
        row["document_number"]: [UUID(one) for one in orjson.loads(row["repeats_document_ids"])] for row in reminders
    }
    return await asyncio.to_thread(OpenItems, items, payers, also)


def _item(row: asyncpg.Record, customer_name: str) -> OpenItem:
    discounts = orjson.loads(row["discounts"] or "[]")
    return OpenItem(
        document_id=row["document_id"],
        number=row["document_number"],
        reference=row["payment_reference"],
        currency=row["currency"],
        unpaid_minor=row["unpaid"],
        due_on=row["due_date"],
        customer_id=row["customer_id"],
        customer_name=customer_name,
        reduced=tuple((date.fromisoformat(one["until"]), one["payable_minor"]) for one in discounts),
        instalment_minor=int(row["instalment"] or 0),
    )
