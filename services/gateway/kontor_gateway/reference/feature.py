"""The public API, described."""

from kontor_edge.feature import Feature
from kontor_gateway.reference import pages

REFERENCE = Feature("reference", routers=(pages.router,))
