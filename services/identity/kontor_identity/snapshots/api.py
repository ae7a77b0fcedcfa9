"""Rebuilding copies: the owners' part."""

from typing import Any, Literal

from fastapi import APIRouter

from kontor_identity.fields import Input
from kontor_identity.parts import Here
from kontor_identity.snapshots.service import AGGREGATES, push_sessions_again, send_snapshots
from kontor_service.tokens import ServiceCaller

router = APIRouter(prefix="/v1/snapshots", tags=["snapshots"])


class SnapshotsWanted(Input):
    """One aggregate, or all that are on the bus. Sessions are pushed to the edges again, and only when named."""

    aggregate: Literal["merchant", "customer", "link", "api_key", "session"] | None = None


@router.post("")
async def send(here: Here, _: ServiceCaller, wanted: SnapshotsWanted | None = None) -> dict[str, Any]:
    aggregate = wanted.aggregate if wanted else None
    if aggregate == "session":
        return {"counts": {"identity.session": await push_sessions_again(here.db)}}
    return {"counts": await send_snapshots(here.db, [aggregate] if aggregate else list(AGGREGATES))}
