"""Logging in and out, a forgotten password, one's own account, and what identity tells about sessions."""

from fastapi import APIRouter

from kontor_admin.sessions import account, internal, log_in, password

router = APIRouter()
for part in (log_in, password, account, internal):
    router.include_router(part.router)
