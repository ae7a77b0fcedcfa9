"""Staff accounts with roles (B12)."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_bus import record
from kontor_identity.access.rights import EDGES, Role
from kontor_identity.challenges import ask_for_a_password
from kontor_identity.dependencies import Dependencies, Deps
from kontor_identity.fields import Email, Input, Language, Line, Name, OptionalPhone, apply
from kontor_identity.merchants.inputs import OwnPassword
from kontor_identity.models import Staff
from kontor_identity.passwords.person import confirm
from kontor_identity.security_log import by, note, owners
from kontor_identity.sessions.changes import grants_change, person_changed
from kontor_identity.system_time import now
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import Conflict, NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.pictures import Picture, PictureTooLarge, redrawn
from kontor_service.tokens import Principal, from_services, require

router = APIRouter(prefix="/v1/staff", tags=["staff"])
pictures_router = APIRouter(tags=["staff"])

Editor = Annotated[Principal, Depends(require("staff:edit"))]
# An edge, which decides who sees the picture.
Edge = Annotated[Principal, Depends(from_services(*sorted(EDGES)))]

LARGEST_PICTURE_BYTES = 5 * MEBIBYTE
_PICTURE_SIDE = 320
_MOST_PIXELS = 40 * 10**6


# Of this merchant: whether it has one elsewhere is nobody's business.
AddressTaken = Conflict.named("email_taken", N_("This e-mail address has a log-in already."))
LastOwner = Conflict.named("last_owner", N_("At least one active owner must remain."))


class StaffNew(Input):
    name: Name
    email: Email
    role: Role
    language: Language = "de"
    phone: OptionalPhone = ""
    function: Line = ""
    team: Line = ""
    own_password: OwnPassword = None


class StaffChange(Input):
    """What is left out stays as it is."""

    name: Name | None = None
    role: Role | None = None
    language: Language | None = None
    phone: OptionalPhone | None = None
    function: Line | None = None
    team: Line | None = None
    active: bool | None = None
    own_password: OwnPassword = None


@router.get("")
async def list_staff(deps: Deps, editor: Editor) -> dict[str, Any]:
    async with deps.db.transaction(editor.merchant) as session:
        rows = (await session.exec(select(Staff).order_by(col(Staff.name), col(Staff.id)))).all()
    return {"staff": [_described(row) for row in rows]}


@router.post("", status_code=201)
async def add_staff(wanted: StaffNew, deps: Deps, editor: Editor) -> dict[str, Any]:
    """A new account; its owner gets a mail to choose a password. Raises AddressTaken."""
    if wanted.role == "owner":
        await confirm(deps, editor, wanted.own_password)
    staff = Staff(
        id=uuid7(), merchant_id=editor.merchant, created_at=now(), **wanted.model_dump(exclude={"own_password"})
    )
    try:
        async with deps.db.transaction(editor.merchant) as session:
            session.add(staff)
            await session.flush()
            record(session, pb.StaffMemberAdded(staff_member=state_of(pb.StaffMember, staff)))
            await ask_for_a_password(session, deps, staff)
            added = SecurityEventKind.STAFF_ADDED
            tell = await owners(session) if staff.role == "owner" else []
            note(session, editor.merchant, added, actor=by(editor), about=f"{staff.email} ({staff.role})", tell=tell)
    except IntegrityError as error:
        raise AddressTaken(field="email") from error
    return _described(staff)


@router.patch("/{staff_id}")
async def change_staff(staff_id: UUID, change: StaffChange, deps: Deps, editor: Editor) -> dict[str, Any]:
    """Takes effect at once, also for sessions that run. Raises NotFound, LastOwner, FreshLogInNeeded for who is an owner."""
    async with deps.db.transaction(editor.merchant) as session:
        known = await session.get(Staff, staff_id)
    if "owner" in (change.role, known and known.role) and (change.role or change.active is not None):
        await confirm(deps, editor, change.own_password)
    async with deps.db.transaction(editor.merchant) as session:
        await grants_change(session, editor.merchant)
        staff = await session.get(Staff, staff_id, with_for_update=True)
        if staff is None:
            raise NotFound(N_("There is no such member of staff."))
        before, watched = (staff.role, staff.active), await owners(session)
        if apply(staff, change.model_dump(exclude_none=True, exclude={"own_password"})):
            await tell_of(session, staff)
        await session.flush()
        await _check_owner_left(session)
        await person_changed(session, staff_id)
        if before != (staff.role, staff.active):
            tell = watched if "owner" in (before[0], staff.role) else []
            about = f"{staff.email} ({staff.role if staff.active else '-'})"
            note(session, editor.merchant, SecurityEventKind.STAFF_CHANGED, actor=by(editor), about=about, tell=tell)
    return _described(staff) | {"pushed": await deps.push.now(editor.merchant)}


@router.put("/{staff_id}/picture")
@takes(2 * LARGEST_PICTURE_BYTES)
async def put_picture(staff_id: UUID, request: Request, deps: Deps, editor: Editor) -> dict[str, Any]:
    """What customers see beside the name. Raises NotFound, NotAnImage, PictureTooLarge."""
    sha256 = await deps.files.put((await asyncio.to_thread(_portrait, await request.body())).content)
    return await _set_picture(deps, editor, staff_id, sha256)


@router.delete("/{staff_id}/picture")
async def delete_picture(staff_id: UUID, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await _set_picture(deps, editor, staff_id, "")


@pictures_router.get("/v1/staff-pictures/{sha256}")
async def picture(sha256: str, deps: Deps, edge: Edge) -> Response:
    """Of a member of staff of the token's merchant; other files of the storage are not found here."""
    if edge.merchant_id is None:
        raise NotFound
    async with deps.db.transaction(edge.merchant_id) as session:
        known = (await session.exec(select(Staff.id).where(Staff.picture_sha256 == sha256))).first()
    if known is None or not sha256:
        raise NotFound
    return Response(await deps.files.get(sha256), media_type="image/jpeg")


async def _set_picture(deps: Dependencies, editor: Principal, staff_id: UUID, sha256: str) -> dict[str, Any]:
    async with deps.db.transaction(editor.merchant) as session:
        staff = await session.get(Staff, staff_id, with_for_update=True)
        if staff is None:
            raise NotFound(N_("There is no such member of staff."))
        if staff.picture_sha256 != sha256:
            staff.picture_sha256 = sha256
            await tell_of(session, staff)
    return _described(staff)


def _portrait(content: bytes) -> Picture:
    """Without its metadata, fitted into 320 × 320 pixels."""
    if len(content) > LARGEST_PICTURE_BYTES:
        raise PictureTooLarge(field="file")
    return redrawn(
        content,
        formats=("PNG", "JPEG"),
        fits_into=(_PICTURE_SIDE, _PICTURE_SIDE),
        most_pixels=_MOST_PIXELS,
        as_jpeg=True,
    )


async def tell_of(session: AsyncSession, staff: Staff) -> None:
    """Raises the version and tells of the change, in this transaction."""
    staff.touch()
    await session.flush()
    record(session, pb.StaffMemberChanged(staff_member=state_of(pb.StaffMember, staff)))


async def _check_owner_left(session: AsyncSession) -> None:
    owners = select(Staff.id).where(Staff.role == "owner", col(Staff.active).is_(True))
    if (await session.exec(owners)).first() is None:
        raise LastOwner


def _described(staff: Staff) -> dict[str, Any]:
    return {
        "id": str(staff.id),
        "name": staff.name,
        "email": staff.email,
        "phone": staff.phone,
        "function": staff.function,
        "team": staff.team,
        "picture_sha256": staff.picture_sha256,
        "role": staff.role,
        "language": staff.language,
        "active": staff.active,
        "has_password": staff.password_hash is not None,
        "created_at": staff.created_at.isoformat(),
        "last_seen_at": staff.last_seen_at.isoformat() if staff.last_seen_at else None,
    }
