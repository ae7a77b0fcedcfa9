"""GET / and the events that keep every page of the admin fresh."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.board.view import board, part_of_day
from kontor_edge.edge import edge_of, pages
from kontor_edge.live import news
from kontor_edge.staff import current_staff, page_context, query_view

router = APIRouter()


@router.get("/")
async def show(request: Request) -> Response:
    staff, row = await query_view(request, "board")
    now = edge_of(request).clock.now().astimezone(ZoneInfo(staff.zone))
    return pages(request).render(
        request, "board/board.html", page_context(request, staff, "board"), staff=staff, board=board(staff, row), part=part_of_day(now),
        now=now,
    )  # fmt: skip


@router.get("/ereignisse")
async def events(request: Request) -> Response:
    """News of this merchant for open pages; which page shows what is left to the page."""
    staff = await current_staff(request)
    return news(request, {staff.topic})
