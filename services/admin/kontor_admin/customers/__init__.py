"""Customers and their contact persons: list, page, editing, portal access, links (B1, B18, A9)."""

from fastapi import APIRouter

from kontor_admin.customers import contacts, editing, importing, links, listing, previews
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (listing, importing, editing, contacts, links, previews):
    router.include_router(part.router, prefix="/kunden")

FEATURE = Feature(
    "customers",
    order=40,
    routers=(router,),
    menu=Menu("/kunden", lambda: _("Customers")),
    functions=(sql("kontor_admin", "sql/customer.sql"), *listing.CUSTOMERS.functions),
)
