"""Whoever has a password: a member of staff or a portal user."""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.models import PortalUser, Staff


async def person(session: AsyncSession, kind: str, person_id: UUID | None, *, lock: bool = False) -> Staff | PortalUser:
    """`kind`: staff or portal. The person must be there."""
    if kind == "staff":
        return await session.get_one(Staff, person_id, with_for_update=lock)
    return await session.get_one(PortalUser, person_id, with_for_update=lock)
