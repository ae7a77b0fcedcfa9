"""Customers and their contact persons: list, page, editing, portal access, links (B1, B18, A9)."""

from fastapi import APIRouter

from kontor_admin.customers import contacts, editing, links, listing

router = APIRouter()
for part in (listing, editing, contacts, links):
    router.include_router(part.router, prefix="/kunden")
