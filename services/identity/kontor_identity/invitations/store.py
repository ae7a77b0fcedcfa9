"""Writing invitations."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.models import Contact, Invitation
from kontor_identity.system_time import now
from kontor_service.ids import uuid7


def new_invitation(contact: Contact, lifetime: timedelta) -> Invitation:
    instant = now()
    return Invitation(
        id=uuid7(), merchant_id=contact.merchant_id, customer_id=contact.customer_id, contact_id=contact.id,
        email=contact.email, created_at=instant, expires_at=instant + lifetime,
    )  # fmt: skip


async def revoke_invitations(session: AsyncSession, contact_id: UUID) -> None:
    """Open invitations of this person are worthless from now on."""
    await session.exec(
        update(Invitation)
        .where(
            col(Invitation.contact_id) == contact_id,
            col(Invitation.used_at).is_(None),
            col(Invitation.revoked_at).is_(None),
        )
        .values(revoked_at=now())
    )
