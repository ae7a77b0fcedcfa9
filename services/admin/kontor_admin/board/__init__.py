"""The start page (A16): what is open, on its way, late, paid; what waits; what happened just now. And its event stream."""

from kontor_admin.board.page import router
from kontor_admin.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

FEATURE = Feature("board", router, Menu("/", lambda: _("Overview")), functions=(sql("sql/board.sql"),))
