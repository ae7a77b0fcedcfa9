"""Payment providers' webhooks, passed on to payments as they came: it knows the signature."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_edge.edge import edge_of
from kontor_service.bodies import takes

# Each provider has its own documentation of what it calls.
router = APIRouter(prefix="/webhooks", include_in_schema=False)

# What concerns our connection to the caller, and what no provider has any business saying to an owner.
_NOT_PASSED = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "authorization",
        "cookie",
        "traceparent",
        "accept-encoding",
    }
)


@router.post("/{provider}/{connection_id}", status_code=204, summary="A provider reports")
@takes(256 * 1024, from_anybody=True)
async def webhook(
    request: Request, provider: Annotated[str, Path(pattern=r"^[a-z0-9_]{2,30}$")], connection_id: UUID
) -> Response:
    """204 after payments has kept it; 503 where it is down, so that the provider tries again."""
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED}
    payments = edge_of(request).owner("payments")
    answer = await payments.request(
        "POST", f"/v1/webhooks/{provider}/{connection_id}", headers=headers, content=request.stream()
    )
    return Response(answer.content, answer.status_code)
