"""Getting in: whose portal it is, sessions, links, codes, invitations."""

from kontor_edge import sessions
from kontor_edge.feature import Feature, Section, sql
from kontor_gateway import live
from kontor_gateway.access import code, front, invitations, links, logos, previews
from kontor_gateway.access.copy import CUSTOMER, MERCHANT
from kontor_service.i18n import N_

ACCESS = Feature(
    "access",
    order=10,
    views=(MERCHANT, CUSTOMER),
    indexes=sql(__package__, "sql/indexes.sql"),
    parts=sql(__package__, "sql/reader.sql"),
    sections=(Section("overview", N_("Overview"), ""),),
    routers=(sessions.router, front.router, links.router, invitations.router, previews.router),
    portal=(code.router, logos.router, live.router, previews.portal_router),
    secret_paths=("/l/", "/einladung/", "/vorschau/"),
)
