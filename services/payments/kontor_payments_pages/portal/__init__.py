"""Paying."""

from kontor_edge.feature import Feature, sql
from kontor_payments_pages.portal import ingest, pages, portal_api, statements, webhooks
from kontor_payments_pages.portal.copy import RECEIVABLE

FEATURE = Feature(
    "payments",
    order=30,
    package=__name__,
    views=(RECEIVABLE,),
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    routers=(portal_api.router, ingest.router, statements.router, webhooks.router),
    portal=(pages.router,),
)
