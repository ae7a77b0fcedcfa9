"""What webhooks said is forgotten in time."""

from sqlmodel import text

from kontor_payments.dependencies import Dependencies
from kontor_payments.webhooks.models import OLD_BODY


async def delete_old_bodies(deps: Dependencies) -> None:
    for merchant_id in await deps.db.merchants("merchants_with_old_webhooks"):
        async with deps.db.transaction(merchant_id) as session:
            await session.execute(text(f"UPDATE provider_event SET body = '{{}}' WHERE {OLD_BODY}"))
