"""Getting in: whose portal it is, sessions, links, log-in, one's account."""

from kontor_edge import sessions
from kontor_edge.feature import Feature, Section, sql
from kontor_gateway.access import account, code, front, invitations, links, login, logos, resets
from kontor_gateway.access.copy import CUSTOMER, MERCHANT
from kontor_gateway.live import api as live
from kontor_service.i18n import N_

ACCESS = Feature(
    "access",
    order=10,
    views=(MERCHANT, CUSTOMER),
    indexes=sql(__package__, "sql/indexes.sql"),
    parts=sql(__package__, "sql/reader.sql"),
    sections=(Section("overview", N_("Overview"), ""),),
    routers=(sessions.router, front.router, links.router, invitations.router, resets.router),
    portal=(login.router, code.router, account.router, logos.router, live.router),
    secret_paths=("/l/", "/einladung/", "/passwort/"),
)
