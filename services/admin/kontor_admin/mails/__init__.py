"""The mail log with sending again (H5), and the merchant's words for each kind of mail (A7)."""

from fastapi import APIRouter

from kontor_admin.mails import log, texts

router = APIRouter()
for part in (texts, log):
    router.include_router(part.router, prefix="/mails")
