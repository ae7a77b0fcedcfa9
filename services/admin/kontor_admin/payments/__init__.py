"""Every booking of money, newest first (D10 for the merchant)."""

from kontor_admin.copy import payments
from kontor_admin.payments.page import PAYMENTS, router
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

FEATURE = Feature(
    "payments",
    order=60,
    routers=(router,),
    menu=Menu("/zahlungen", lambda: _("Payments")),
    views=payments.VIEWS,
    indexes=sql("kontor_admin", "sql/payments_indexes.sql"),
    functions=PAYMENTS.functions,
)
