"""The merchant's settings (A1–A5, A19): portal, look, document types, company, payments."""

from fastapi import APIRouter

from kontor_admin.settings_pages import appearance, company, document_types, general, payments, security, standing, team
from kontor_edge.feature import Feature, Menu, Panel, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for form in (general.FORM, document_types.FORM, company.FORM):
    form.add_to(router)
for part in (appearance, payments, security, team, standing):
    router.include_router(part.router, prefix="/einstellungen")

FEATURE = Feature(
    "settings",
    routers=(router,),
    menu=Menu("/einstellungen", lambda: _("Settings")),
    parts=sql("kontor_admin", "sql/texts_review.sql"),
    panels=(Panel("board", "_texts_review({merchant}, {today})", "settings/review_panel.html", "merchant:edit"),),
)
