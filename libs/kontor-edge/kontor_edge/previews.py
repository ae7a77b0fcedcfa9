"""Staff's way into a preview of the portal: identity makes its address, which is a secret and opens it once."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_service.errors import Problem


async def preview(request: Request, *, back: str, **of: UUID | None) -> Response:
    """Leads there, or back to the page it was asked for on, with the reason why there is none. `of`: customer_id, and
    contact_id and document_id where they are chosen."""
    wanted = {name: str(id) for name, id in of.items() if id}
    try:
        answer = await command(request, "identity", "previews:read", "POST", "/v1/previews", json=wanted)
    except Problem as problem:
        if problem.status in (401, 404) or problem.status >= 500:
            raise
        return pages(request).redirect(back, bad=problem.detail)
    return pages(request).redirect(answer["url"])
