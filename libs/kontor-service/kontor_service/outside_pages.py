"""What the pages of systems outside Kontor, for development, have in common: styles, headers, no scripts."""

from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)
_STYLE = Path(__file__).with_suffix(".css").read_bytes()


@router.get("/style.css")
async def style() -> Response:
    return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def html_response(html: str, *, status: int = 200, form_targets: str = "") -> HTMLResponse:
    """`form_targets`: the origins, separated by blanks, that the page's forms may lead to. Browsers apply form-action to the
    redirect after a form too, so the way back to the merchant is among them."""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {form_targets}"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(html, status_code=status, headers=headers)


def origin(url: str) -> str:
    """Empty for an address without a host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
