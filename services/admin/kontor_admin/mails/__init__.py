"""The mail log with sending again (H5), and the merchant's words for each kind of mail (A7)."""

from fastapi import APIRouter

from kontor_admin.copy import notifications
from kontor_admin.mails import log, texts
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (texts, log):
    router.include_router(part.router, prefix="/mails")

FEATURE = Feature(
    "mails",
    order=70,
    routers=(router,),
    menu=Menu(
        "/mails",
        lambda: _("Mails"),
        # What did not go out in the last month and was not sent again. The second condition is that of the index.
        waiting="""mail m WHERE m.merchant_id = who.merchant_id AND m.state IN ('failed', 'bounced') AND NOT m.deleted
            AND m.by_time > to_char(at - interval '30 days', 'YYYY-MM-DD')
            AND NOT EXISTS (
                SELECT FROM mail again
                WHERE again.data ->> 'resend_of' = m.id::text AND again.data ->> 'resend_of' <> ''
            )""",
    ),
    views=notifications.VIEWS,
    indexes=sql("kontor_admin", "sql/mails_indexes.sql"),
    functions=(sql("kontor_admin", "sql/mail.sql"), *log.MAILS.functions),
)
