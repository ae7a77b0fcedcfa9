"""Every booking of money, newest first (D10 for the merchant)."""

from kontor_edge.feature import Feature, Menu, sql
from kontor_payments_pages.admin.copy import VIEWS
from kontor_payments_pages.admin.listing import PAYMENTS, router
from kontor_payments_pages.admin.words import GLOBALS
from kontor_service.i18n import gettext as _

FEATURE = Feature(
    "payments",
    order=60,
    package=__name__,
    routers=(router,),
    menu=Menu("/zahlungen", lambda: _("Payments")),
    views=VIEWS,
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    functions=PAYMENTS.functions,
    globals=GLOBALS,
)
