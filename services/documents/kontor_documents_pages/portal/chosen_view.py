"""Whether a document opens as its data or as its PDF: what the reader chose last, else what the merchant set (C2).

The choice is kept in a cookie of the portal that the reader asks for by choosing; it says nothing of who they are, and so
needs no consent (§ 25 Abs. 2 Nr. 2 TDDDG).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kontor_web.pages import set_cookie

VIEWS = ("data", "pdf")
_COOKIE = "__Host-kontor-view"
_YEAR = 365 * 24 * 3600


def chosen_view(request: Request, merchant: dict[str, Any]) -> str:
    """data or pdf. `merchant`: as the copy answers it."""
    asked = (request.query_params.get("view"), request.cookies.get(_COOKIE), merchant.get("view"))
    return next((view for view in asked if view in VIEWS), "data")


def keep_view(request: Request, response: Response) -> None:
    """Only what the reader has just chosen."""
    asked = request.query_params.get("view", "")
    if asked in VIEWS and asked != request.cookies.get(_COOKIE):
        set_cookie(response, _COOKIE, asked, max_age=_YEAR)
