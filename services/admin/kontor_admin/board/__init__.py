"""The start page (A16): what is open, on its way, late, paid; what waits; what happened just now. And its event stream."""

from kontor_admin.board.page import router
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

FEATURE = Feature(
    "board",
    order=10,
    routers=(router,),
    menu=Menu("/", lambda: _("Overview")),
    functions=(sql("kontor_admin", "sql/board.sql"),),
)
