"""Telling everything again, for a copy that is being rebuilt."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request

from kontor.notifications.v1.notifications_pb2 import MailSnapshot, TemplateSnapshot
from kontor_bus import record
from kontor_notifications.events import mail_state, template_state
from kontor_notifications.mails.queries import all_mails
from kontor_notifications.templates.queries import all_own
from kontor_service.database import Database
from kontor_service.tokens import ServiceCaller

router = APIRouter()
_PAGE = 500


@router.post("/v1/snapshots", status_code=202)
async def snapshots(request: Request, caller: ServiceCaller) -> dict[str, Any]:
    """Puts a snapshot of every mail and template into the outbox: of the token's merchant, or of all."""
    database: Database = request.app.state.db
    counts = {"notifications.mail": 0, "notifications.template": 0}
    for merchant_id in [caller.merchant_id] if caller.merchant_id else await _merchants(database):
        counts["notifications.mail"] += await _mails(database, merchant_id)
        counts["notifications.template"] += await _templates(database, merchant_id)
    return {"counts": counts}


async def _merchants(database: Database) -> list[UUID]:
    async with database.connection() as connection:
        return [row["id"] for row in await connection.fetch("SELECT merchants() AS id")]


async def _templates(database: Database, merchant_id: UUID) -> int:
    async with database.transaction(merchant_id) as session:
        templates = await all_own(session)
        for template in templates:
            record(session, TemplateSnapshot(template=template_state(template)), merchant_id=merchant_id)
    return len(templates)


async def _mails(database: Database, merchant_id: UUID) -> int:
    """Page by page, a short transaction each. A mail that changes meanwhile tells of itself, with a newer version."""
    recorded, after = 0, None
    while True:
        async with database.transaction(merchant_id) as session:
            page = await all_mails(session, after, _PAGE)
            for mail in page:
                record(session, MailSnapshot(mail=mail_state(mail)), merchant_id=merchant_id)
        recorded += len(page)
        if len(page) < _PAGE:
            return recorded
        after = page[-1].id
