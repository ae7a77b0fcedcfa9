"""Logging in and out, a forgotten password, one's own account, and what identity tells about sessions.

Whose session it is comes first in every function of the copy, so what identity says of merchants belongs here too."""

from kontor_admin.copy import identity
from kontor_admin.sessions import account, log_in, password
from kontor_edge import sessions
from kontor_edge.feature import Feature, sql

FEATURE = Feature(
    "sessions",
    order=0,
    routers=(log_in.router, password.router, account.router, sessions.router),
    views=identity.VIEWS,
    indexes=sql("kontor_admin", "sql/identity_indexes.sql"),
    parts=sql("kontor_admin", "sql/staff.sql"),
    secret_paths=("/passwort/",),
)
