"""Meters (G1–G5): the list and one meter, exchange, readings to be decided on, requests, files, stickers."""

from fastapi import APIRouter

from kontor_edge.feature import Feature, Menu, Panel, sql
from kontor_meters_pages.admin import (
    api,
    checking,
    copy,
    editing,
    entering,
    exchange,
    files,
    listing,
    meter,
    requests,
    stickers,
    words,
)
from kontor_meters_pages.admin.staff_page import READ
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (listing, checking, requests, files, stickers, entering, editing, exchange, meter):
    router.include_router(part.router, prefix="/zaehler")
router.include_router(api.router)

_PAGES = ("meter", "requests")
_WAITING = (
    "reading d WHERE d.merchant_id = who.merchant_id AND d.state IN ('to_be_checked', 'implausible') AND NOT d.deleted"
)

FEATURE = Feature(
    "meters",
    order=50,
    package=__name__,
    routers=(router,),
    menu=Menu("/zaehler", lambda: _("Meters"), waiting=_WAITING, right=READ),
    views=copy.VIEWS,
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    functions=(
        *(sql(__name__, f"sql/{name}.sql") for name in _PAGES),
        *(
            f
            for page in (listing.METERS, listing.TO_CHECK, listing.REQUESTS, listing.INVITATIONS, listing.BATCHES)
            for f in page.functions
        ),
    ),
    panels=(
        Panel("board", "_meters_board({merchant})", "meters/board_panel.html", READ),
        Panel("customer", "_meters_of_customer({merchant}, {id})", "meters/customer_panel.html", READ),
    ),
    globals=words.GLOBALS,
    scopes={"meters:submit": N_("Submit meters and readings")},
)
