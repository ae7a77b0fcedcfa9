"""The mail log with sending again (H5), mails that came in, and the merchant's words for each kind of mail (A7)."""

from fastapi import APIRouter

from kontor_admin.copy import notifications
from kontor_admin.mails import incoming, log, text_blocks, texts
from kontor_edge.feature import Feature, Menu, Panel, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (texts, text_blocks, incoming, log):
    router.include_router(part.router, prefix="/mails")

FEATURE = Feature(
    "mails",
    order=70,
    routers=(router,),
    menu=Menu(
        "/mails",
        lambda: _("Mails"),
        # What came in and waits for a decision; what did not go out in the last month and was not sent again. The second
        # condition is that of the index.
        waiting="""(
            SELECT FROM incoming_mail i WHERE i.merchant_id = who.merchant_id AND i.state = 'open' AND NOT i.deleted
            UNION ALL
            SELECT FROM mail m WHERE m.merchant_id = who.merchant_id AND m.state IN ('failed', 'bounced') AND NOT m.deleted
            AND m.by_time > to_char(at - interval '30 days', 'YYYY-MM-DD')
            AND NOT EXISTS (
                SELECT FROM mail again
                WHERE again.data ->> 'resend_of' = m.id::text AND again.data ->> 'resend_of' <> ''
            )) waiting_mails""",
    ),
    views=notifications.VIEWS,
    indexes=sql("kontor_admin", "sql/mails_indexes.sql") + sql("kontor_admin", "sql/incoming_mails_indexes.sql"),
    parts=sql("kontor_admin", "sql/incoming_mail_parts.sql"),
    functions=(
        sql("kontor_admin", "sql/mail.sql"),
        sql("kontor_admin", "sql/mail_text_documents.sql"),
        sql("kontor_admin", "sql/incoming_mail.sql"),
        *log.MAILS.functions,
        *incoming.INCOMING_MAILS.functions,
    ),
    panels=(Panel("board", "_open_incoming_mails({merchant})", "mails/incoming_panel.html", incoming.RIGHT),),
)
