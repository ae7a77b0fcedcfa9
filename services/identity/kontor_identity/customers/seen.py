"""When a contact person was last there; told no more often than once an hour."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.customers.store import changed, hold
from kontor_identity.models import Contact
from kontor_identity.system_time import now

_TOLD_EVERY = timedelta(hours=1)


async def customers_of_user_seen(session: AsyncSession, user_id: UUID) -> None:
    """Notes the visit at each customer the log-in belongs to."""
    query = (
        select(Contact.customer_id)
        .where(
            Contact.user_id == user_id,
            Contact.access == "active",
            col(Contact.last_seen_at).is_(None) | (col(Contact.last_seen_at) < now() - _TOLD_EVERY),
        )
        .distinct()
        .order_by(col(Contact.customer_id))
    )
    for customer_id in (await session.exec(query)).all():
        held = await hold(session, customer_id)
        for contact in held.contacts:
            if contact.user_id == user_id:
                contact.last_seen_at = now()
        await changed(session, held)
