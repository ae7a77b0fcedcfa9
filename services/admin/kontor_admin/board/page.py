"""GET / and the events that keep every page of the admin fresh."""

from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.acting import pages, who
from kontor_admin.board.view import board, part_of_day
from kontor_admin.reading import ask
from kontor_admin.staff import look
from kontor_web import stream

router = APIRouter()


@router.get("/")
async def show(request: Request) -> Response:
    staff, row = await ask(request, "board")
    now = request.app.state.clock.now().astimezone(ZoneInfo(staff.zone))
    return pages(request).render(
        request, "board/board.html", look(request, staff, "board"), staff=staff, board=board(staff, row), part=part_of_day(now),
        now=now,
    )  # fmt: skip


@router.get("/ereignisse")
async def events(request: Request) -> Response:
    """News of this merchant for open pages; which page shows what is left to the page."""
    staff = await who(request)
    return stream(request, request.app.state.hub, {staff.topic})
