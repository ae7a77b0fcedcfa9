"""The lists of bank statements and of the payments on them."""

from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_service.i18n import N_

KINDS = {
    "certain": N_("Certain"),
    "to_check": N_("To be checked"),
    "none": N_("Without a match"),
    "booked": N_("Booked"),
    "set_aside": N_("Set aside"),
}

ENTRIES = ListPage(
    "statement_entries", STAFF,
    source="statement_entry e", where="e.merchant_id = r.merchant_id AND NOT e.deleted",
    id="e.id", entry="e.data::text", sort="day", sorts={"day": "e.by_day"}, fixed=True,
    columns=(
        ListColumn("day", N_("Booked"), css="nowrap"),
        ListColumn("who", N_("From, payment reference")),
        ListColumn("proposal", N_("For")),
        ListColumn("amount", N_("Amount"), num=True, css="num amount"),
        ListColumn("decide", "", css="num"),
    ),
    others=(
        Filter("kind", "e.kind = {it}", words=KINDS, alias="art", otherwise="'certain'"),
        Filter("statement", "e.statement_id = {it}", "uuid", alias="auszug"),
    ),
    search=("e.words",), hint=N_("Name, payment reference, amount"),
    facts={"counts": ("json", "_statement_counts(r.merchant_id)")},
)  # fmt: skip

STATEMENTS = ListPage(
    "bank_statements", STAFF, source="bank_statement s", where="s.merchant_id = r.merchant_id AND NOT s.deleted",
    id="s.id", entry="s.data::text", sort="time", sorts={"time": "s.by_time"}, fixed=True,
    columns=(
        ListColumn("number", N_("Statement")),
        ListColumn("period", N_("Period"), css="nowrap"),
        ListColumn("payments", N_("Entries"), num=True, css="num", short=N_("Entries")),
        ListColumn("closing", N_("Closing balance"), num=True, css="num amount"),
        ListColumn("imported", N_("Imported"), css="nowrap"),
    ),
    search=("s.words",), hint=N_("Number, account, file"),
)  # fmt: skip
