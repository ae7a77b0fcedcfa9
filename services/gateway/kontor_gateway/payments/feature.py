"""Paying."""

from kontor_gateway.feature import Feature, sql
from kontor_gateway.payments import pages, portal_api
from kontor_gateway.payments.copy import RECEIVABLE

PAYMENTS = Feature(
    views=(RECEIVABLE,),
    indexes=sql("payments", "indexes"),
    routers=(portal_api.router,),
    portal=(pages.router,),
)
