"""Customers and their contact persons: list, page, editing, portal access, links (B1, B18, A9)."""

from fastapi import APIRouter

from kontor_admin.customers import contacts, editing, links, listing
from kontor_admin.feature import Feature, Menu, per_order, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (listing, editing, contacts, links):
    router.include_router(part.router, prefix="/kunden")

FEATURE = Feature(
    "customers",
    router,
    Menu("/kunden", lambda: _("Customers")),
    functions=(sql("sql/customer.sql"), *per_order(sql("sql/customers.sql"), listing.SORTS)),
)
