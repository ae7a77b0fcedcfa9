"""Documents: the list, one document with all that belongs to it, and what staff do with it."""

from fastapi import APIRouter

from kontor_admin.documents import actions, document, files, listing, sharing

router = APIRouter()
for part in (listing, document, files, actions, sharing):
    router.include_router(part.router, prefix="/dokumente")
