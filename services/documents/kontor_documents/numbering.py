"""Numbers of documents that Kontor issues: per merchant, type and year, without gaps and doubles (C18)."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.content.model import DocumentData

_PREFIX = {
    "quote": "AN", "order_confirmation": "AB", "sales_order": "AU", "delivery_note": "LS", "invoice": "RE",
    "reminder": "MA", "credit_note": "GS", "purchase_order": "BE", "receipt": "BL", "contract": "VT", "other": "DO",
}  # fmt: skip
PROVISIONAL = "PROVISIONAL"

_TAKE = text("""
INSERT INTO number_range (merchant_id, type, year, last) VALUES (:merchant, :type, :year, 1)
ON CONFLICT (merchant_id, type, year) DO UPDATE SET last = number_range.last + 1 RETURNING last""")

_TAKEN = text("SELECT 1 FROM document WHERE type = :type AND number = :number")


_LAST = text("SELECT last FROM number_range WHERE type = :type AND year = :year")


async def next_number(session: AsyncSession, data: DocumentData) -> str:
    """What take_number would probably give; nothing is locked, and another document may get it first."""
    values = {"type": str(data.type), "year": data.issue_date.year}
    last = (await session.execute(_LAST, values)).scalar() or 0
    return _number(data, last + 1)


async def take_number(session: AsyncSession, merchant_id: UUID, data: DocumentData) -> str:
    """The next number, e.g. RE-2026-0001. Held by the transaction: it comes back if that fails, so nothing is left out.

    A number that the merchant's own system has used already is passed over, also where that document was cancelled.
    """
    while True:
        values = {"merchant": merchant_id, "type": str(data.type), "year": data.issue_date.year}
        last = (await session.execute(_TAKE, values)).scalar_one()
        number = _number(data, last)
        if (await session.execute(_TAKEN, {"type": str(data.type), "number": number})).first() is None:
            return number


def _number(data: DocumentData, last: int) -> str:
    return f"{_PREFIX[data.type]}-{data.issue_date.year}-{last:04d}"
