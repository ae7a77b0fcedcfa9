"""GET /einstellungen/sicherheit: the security log, as identity keeps it."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_admin.settings_pages.tabs import settings_page
from kontor_edge.owners import query_owner
from kontor_edge.staff import current_staff
from kontor_service.vocabulary import word

router = APIRouter()


@router.get("/sicherheit")
async def security(request: Request, before: UUID | None = None) -> Response:
    staff = await current_staff(request)
    asked = {"before": str(before)} if before else {}
    answer = await query_owner(request, "identity", "merchant:edit", "/v1/security-events", **asked)
    events = [event | {"name": word(SecurityEventKind, event["kind"])} for event in answer["events"]]
    return settings_page(request, staff, "security", events=events, more=answer["more"])
