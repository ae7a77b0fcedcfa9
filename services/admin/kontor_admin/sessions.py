"""What identity tells about sessions and merchants: whose session it is comes first in every function of the copy."""

from kontor_admin.copy import identity
from kontor_edge import sessions
from kontor_edge.feature import Feature, sql

FEATURE = Feature(
    "sessions",
    order=0,
    routers=(sessions.router,),
    views=identity.VIEWS,
    indexes=sql("kontor_admin", "sql/identity_indexes.sql"),
    parts=sql("kontor_admin", "sql/staff.sql"),
    functions=(sql("kontor_admin", "sql/team.sql"),),
)
