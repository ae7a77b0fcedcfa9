"""The release list (A19): what waits, why, and letting it go together."""

from kontor_admin.release.page import RELEASE, router
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

_WAITING = "document d WHERE d.merchant_id = who.merchant_id AND d.state = 'waiting' AND NOT d.deleted"

FEATURE = Feature(
    "release",
    order=30,
    routers=(router,),
    menu=Menu("/freigabe", lambda: _("Release"), waiting=_WAITING),
    parts=sql("kontor_admin", "sql/release_parts.sql"),
    functions=(sql("kontor_admin", "sql/release.sql"), *RELEASE.functions),
)
