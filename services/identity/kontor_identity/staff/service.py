"""Use cases of staff accounts."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.access.rights import Role
from kontor_identity.challenges.service import ask_for_a_password
from kontor_identity.dependencies import Dependencies
from kontor_identity.fields import Email, Input, Language, Name
from kontor_identity.merchants.service import AddressTaken
from kontor_identity.models import Staff
from kontor_identity.sessions.changes import grants_change, staff_changed
from kontor_identity.system_time import now
from kontor_service.errors import Conflict, NotFound
from kontor_service.i18n import N_
from kontor_service.ids import uuid7


class StaffMissing(NotFound):
    title = N_("There is no such member of staff.")


LastOwner = Conflict.named("last_owner", N_("The last active owner stays owner."))


class StaffNew(Input):
    name: Name
    email: Email
    role: Role
    language: Language = "de"


class StaffChange(Input):
    """What is left out stays as it is."""

    name: Name | None = None
    role: Role | None = None
    language: Language | None = None
    active: bool | None = None


async def list_staff(deps: Dependencies, merchant_id: UUID) -> list[dict[str, Any]]:
    async with deps.db.transaction(merchant_id) as session:
        rows = (await session.exec(select(Staff).order_by(col(Staff.name), col(Staff.id)))).all()
    return [_described(row) for row in rows]


async def add_staff(deps: Dependencies, merchant_id: UUID, wanted: StaffNew) -> dict[str, Any]:
    """A new account; its owner gets a mail to choose a password. Raises AddressTaken."""
    staff = Staff(id=uuid7(), merchant_id=merchant_id, created_at=now(), **wanted.model_dump())
    try:
        async with deps.db.transaction(merchant_id) as session:
            session.add(staff)
            await session.flush()
            await ask_for_a_password(session, deps, staff)
    except IntegrityError as error:
        raise AddressTaken(field="email") from error
    return _described(staff)


async def change_staff(deps: Dependencies, merchant_id: UUID, staff_id: UUID, change: StaffChange) -> dict[str, Any]:
    """Takes effect at once, also for sessions that run. Raises StaffMissing, LastOwner."""
    async with deps.db.transaction(merchant_id) as session:
        await grants_change(session, merchant_id)
        staff = await session.get(Staff, staff_id, with_for_update=True)
        if staff is None:
            raise StaffMissing
        for name, value in change.model_dump(exclude_none=True).items():
            setattr(staff, name, value)
        await session.flush()
        await _check_owner_left(session)
        await staff_changed(session, staff_id)
    return _described(staff) | {"pushed": await deps.push.now(merchant_id)}


async def _check_owner_left(session: AsyncSession) -> None:
    owners = select(Staff.id).where(Staff.role == "owner", col(Staff.active).is_(True))
    if (await session.exec(owners)).first() is None:
        raise LastOwner


def _described(staff: Staff) -> dict[str, Any]:
    return {
        "id": str(staff.id),
        "name": staff.name,
        "email": staff.email,
        "role": staff.role,
        "language": staff.language,
        "active": staff.active,
        "has_password": staff.password_hash is not None,
        "created_at": staff.created_at.isoformat(),
        "last_seen_at": staff.last_seen_at.isoformat() if staff.last_seen_at else None,
    }
