"""Meters: what hangs where, readings, what was used."""

from kontor_edge.feature import Feature, Section, sql
from kontor_meters_pages.portal import detail, entry_pages, ingest, link_pages, pages, portal_api, words
from kontor_meters_pages.portal.copy import CONSUMPTION, INVITATION, METER, READING
from kontor_meters_pages.portal.listing import METERS
from kontor_service.i18n import N_

_SECTION = Section(
    "meters",
    N_("Meters"),
    "/zaehler",
    shown="s.document_id IS NULL AND EXISTS (SELECT FROM meter t WHERE t.listed AND t.customer_id = ANY (s.customers))",
    waiting=N_("Please read your meters"),
    action=N_("Submit readings"),
    action_path="/zaehler/melden",
    count="""SELECT coalesce(sum(cardinality(a.waiting)), 0) FROM reading_invitation a
                WHERE a.customer_id = ANY (s.customers) AND cardinality(a.waiting) > 0""",
)
FEATURE = Feature(
    "meters",
    order=40,
    package=__name__,
    views=(METER, READING, CONSUMPTION, INVITATION),
    indexes=sql(__name__, "sql/indexes.sql"),
    functions=(*METERS.functions, sql(__name__, "sql/meters.sql")),
    sections=(_SECTION,),
    routers=(ingest.router, portal_api.router, link_pages.router),
    portal=(pages.router, entry_pages.router, detail.router),
    globals=words.GLOBALS,
    secret_paths=("/z/",),
)
