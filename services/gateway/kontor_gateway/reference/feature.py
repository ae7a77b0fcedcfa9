"""The public API, described."""

from kontor_gateway.feature import Feature
from kontor_gateway.reference import pages

REFERENCE = Feature(routers=(pages.router,))
