"""Logging in and out, a forgotten password, one's own account, and what identity tells about sessions.

Whose session it is comes first in every function of the copy, so what identity says of merchants belongs here too."""

from fastapi import APIRouter

from kontor_admin.copy import identity
from kontor_admin.feature import Feature, sql
from kontor_admin.sessions import account, internal, log_in, password

router = APIRouter()
for part in (log_in, password, account, internal):
    router.include_router(part.router)

FEATURE = Feature(
    "sessions", router, views=identity.VIEWS, indexes=sql("sql/identity_indexes.sql"), parts=sql("sql/staff.sql")
)
