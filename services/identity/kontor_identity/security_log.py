"""The security log: log-ins and failures, passwords, keys, roles, bank accounts (ASVS 16.3).

Staff read it here; operators ship the same as lines `security_event` of the service's log, which name people by id alone
and leave out their addresses.
"""

from collections.abc import Iterable
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession as CoreSession
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_bus import record
from kontor_identity.access.actors import SessionActor
from kontor_identity.dependencies import Deps
from kontor_identity.models import PortalUser, SecurityEvent, Staff
from kontor_identity.system_time import now
from kontor_service.events import state_of
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal, require

log = structlog.get_logger()
router = APIRouter(prefix="/v1/security-events", tags=["security log"])

_PAGE = 100

Reader = Annotated[Principal, Depends(require("merchant:edit"))]


def note(
    session: CoreSession, merchant_id: UUID, kind: SecurityEventKind, *, actor: str = "", about: str = "", ip: str = "",
    tell: Iterable[pb.NoticeRecipient] = (),
) -> None:  # fmt: skip
    """Records a security event in the caller's transaction and has it mailed to the recipients in `tell`."""
    event = SecurityEvent(
        id=uuid7(), merchant_id=merchant_id, kind=kind, at=now(), actor=actor, about=about, ip=ip[:60]
    )  # fmt: skip
    session.add(event)
    log.info("security_event", kind=event.kind, merchant=str(merchant_id), actor=actor.partition(" ")[0])
    recipients = [recipient for recipient in tell if recipient.email]
    if recipients:
        record(
            session, pb.SecurityEventRecorded(security_event=state_of(pb.SecurityEvent, event), recipients=recipients)
        )


def by(principal: Principal) -> str:
    """The actor as histories store it: subject and name."""
    return f"{principal.subject} {principal.name}".rstrip()


def by_session(actor: SessionActor) -> str:
    return f"{actor.subject} {actor.name}".rstrip()


def told(person: Staff | PortalUser) -> pb.NoticeRecipient:
    return pb.NoticeRecipient(email=person.email, name=person.name, language=person.language)


async def owners(session: AsyncSession) -> list[pb.NoticeRecipient]:
    """The merchant's active owners, to whom notices about the merchant are mailed."""
    query = select(Staff).where(Staff.role == "owner", col(Staff.active).is_(True)).order_by(col(Staff.id))
    return [told(owner) for owner in (await session.exec(query)).all()]


@router.get("")
async def security_events(deps: Deps, reader: Reader, before: UUID | None = None) -> dict[str, Any]:
    """The newest first, a page at a time; `before` is the id of the last one of the page before."""
    query = select(SecurityEvent).order_by(col(SecurityEvent.id).desc()).limit(_PAGE)
    async with deps.db.transaction(reader.merchant) as session:
        rows = (await session.exec(query.where(col(SecurityEvent.id) < before) if before else query)).all()
    shown = {"id", "kind", "at", "actor", "about", "ip"}
    return {"events": [row.model_dump(mode="json", include=shown) for row in rows], "more": len(rows) == _PAGE}
