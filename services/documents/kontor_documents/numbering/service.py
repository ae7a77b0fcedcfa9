"""Numbers of documents that Kontor issues: per merchant, type and year, without gaps and doubles (C18)."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_PREFIX = {
    "quote": "AN", "order_confirmation": "AB", "sales_order": "AU", "delivery_note": "LS", "invoice": "RE",
    "reminder": "MA", "credit_note": "GS", "purchase_order": "BE", "receipt": "BL", "contract": "VT", "other": "DO",
}  # fmt: skip
PROVISIONAL = "PROVISIONAL"

_TAKE = text("""
INSERT INTO number_range (merchant_id, type, year, last) VALUES (:merchant, :type, :year, 1)
ON CONFLICT (merchant_id, type, year) DO UPDATE SET last = number_range.last + 1 RETURNING last""")

_TAKEN = text("SELECT 1 FROM document WHERE type = :type AND number = :number")


async def take_number(session: AsyncSession, merchant_id: UUID, type: str, issue_date: date) -> str:
    """The next number, e.g. RE-2026-0001. Held by the transaction: it comes back if that fails, so nothing is left out.

    A number that the merchant's own system has used already is passed over, also where that document was cancelled.
    """
    while True:
        values = {"merchant": merchant_id, "type": type, "year": issue_date.year}
        last = (await session.execute(_TAKE, values)).scalar_one()
        number = f"{_PREFIX[type]}-{issue_date.year}-{last:04d}"
        if (await session.execute(_TAKEN, {"type": type, "number": number})).first() is None:
            return number
