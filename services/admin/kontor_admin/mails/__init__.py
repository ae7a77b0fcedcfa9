"""The mail log with sending again (H5), and the merchant's words for each kind of mail (A7)."""

from fastapi import APIRouter

from kontor_admin.copy import notifications
from kontor_admin.feature import Feature, Menu, per_order, sql
from kontor_admin.mails import log, texts
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (texts, log):
    router.include_router(part.router, prefix="/mails")

FEATURE = Feature(
    "mails",
    router,
    Menu("/mails", lambda: _("Mails")),
    views=notifications.VIEWS,
    indexes=sql("sql/mails_indexes.sql"),
    functions=(sql("sql/mail.sql"), *per_order(sql("sql/mails.sql"), ("time",))),
)
