"""A customer's meters, as the list, the screen for readings and the API show them."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg
import orjson

from kontor_edge.lists import PORTAL, Filter, ListColumn, ListPage
from kontor_edge.paging import parse_uuid
from kontor_service.i18n import N_


class _Chosen(Filter):
    """One meter, or those of an invitation."""

    def parse(self, query: Mapping[str, str]) -> UUID | None:
        return parse_uuid(query, "invitation") or parse_uuid(query, "meter")


METERS = ListPage(
    "meters", PORTAL, source="meter t", where="t.listed AND t.customer_id = customer.id", id="t.id",
    entry="""'{"to_check":' || (
            SELECT count(*) FROM reading g WHERE g.meter_id = t.id AND g.state = 'to_be_checked'
        ) || ',' || substr(t.data, 2)""",
    sort="place", order="asc", sorts={"place": "t.by_place"}, fixed=True, size=100,
    columns=(
        ListColumn("number", N_("Meter")),
        ListColumn("place", N_("Place")),
        ListColumn("last", N_("Last reading"), num=True),
        ListColumn("state", N_("Status")),
    ),
    others=(_Chosen("meter", """t.id = {it} OR t.id IN (
            SELECT unnest(a.meters) FROM reading_invitation a WHERE a.id = {it} AND a.customer_id = customer.id)""", "uuid",
            description="One meter, or those of an invitation"),),
    search=("t.words",),
    facts={
        # What is to be read, soonest first.
        "invitations": ("text[]", """(
            SELECT array_agg(a.data ORDER BY a.due_on, a.id) FROM reading_invitation a
            WHERE a.customer_id = ANY (asked.customers) AND cardinality(a.waiting) > 0)"""),
        "customers": ("json", """CASE WHEN cardinality(r.customers) > 1 AND r.document_id IS NULL THEN (
            SELECT json_agg(c.data ORDER BY c.name) FROM customer c WHERE c.id = ANY (r.customers)) END"""),
    },
)  # fmt: skip


def may_enter(record: asyncpg.Record) -> bool:
    return "meters:enter" in orjson.loads(record["session"])["rights"]
