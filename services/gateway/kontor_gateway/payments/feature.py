"""Paying."""

from kontor_edge.feature import Feature, sql
from kontor_gateway.payments import pages, portal_api
from kontor_gateway.payments.copy import RECEIVABLE

PAYMENTS = Feature(
    "payments",
    order=30,
    views=(RECEIVABLE,),
    indexes=sql(__package__, "sql/indexes.sql"),
    routers=(portal_api.router,),
    portal=(pages.router,),
)
