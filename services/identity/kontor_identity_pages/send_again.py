"""A form that was sent after its session had ended: what was typed comes back, to be sent again once its sender has logged in."""

from contextlib import aclosing

from fastapi import Request
from starlette.responses import Response

from kontor_identity_pages.frame import public_frame, render
from kontor_service.bodies import FEW_BYTES, let_few_bytes_in
from kontor_service.errors import Problem
from kontor_web import Form, read_form

_SECRET = "password"


async def send_again_page(request: Request) -> Response | None:
    """None where there is nothing to keep: no form of ours, or one too large to read for somebody unknown."""
    length = request.headers.get("content-length", "")
    if request.method != "POST" or not length.isdecimal() or int(length) > FEW_BYTES:
        return None
    let_few_bytes_in(request)
    try:
        async with aclosing(await read_form(request, max_files=50)) as form:
            typed = [(name, text) for name, texts in form.values.items() for text in texts if _may_be_shown(name)]
        await public_frame(request)
    except Problem:
        return None
    if not any(text.strip() for _name, text in typed):
        return None
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return render(request, "send_again", Form.of(), 401, typed=typed, here=here)


def _may_be_shown(name: str) -> bool:
    return name != "csrf" and _SECRET not in name
