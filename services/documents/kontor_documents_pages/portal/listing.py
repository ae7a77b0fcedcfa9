"""The list of a customer's documents, for JSON and HTML alike: columns, filters, types with counts."""

from dataclasses import replace
from typing import Any

import orjson

from kontor.documents.v1.documents_pb2_codes import DocumentDirection, DocumentType, QuoteOutcome
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_documents_pages.filters import label_options
from kontor_documents_pages.portal.copy import (
    COUNT_CAP,
    HOLDER,
    NEW_BESIDE_ROWS,
    counts_in_sql,
    is_new,
    label,
    visible_in_sql,
)
from kontor_edge.listing import Listing
from kontor_edge.lists import PORTAL, Filter, ListColumn, ListPage
from kontor_edge.portal import customer_names as names_by_id
from kontor_service import vocabulary
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import plural
from kontor_web import Column, Link

# Invoices first (C1).
TYPES = (DocumentType.INVOICE, *(code for code in DocumentType if code is not DocumentType.INVOICE))
_COUNTS = counts_in_sql("asked.customers")
# The years of the first and the last document, for the page's select.
_YEARS = """(SELECT ARRAY[left(min(edge.first), 4)::integer, left(max(edge.last), 4)::integer]
        FROM unnest(asked.customers) customer (id)
        CROSS JOIN LATERAL (
            SELECT
                (SELECT d.by_date FROM document d WHERE d.shown AND d.customer_id = customer.id AND d.by_date > ''
                 ORDER BY d.by_date, d.id LIMIT 1) AS first,
                (SELECT d.by_date FROM document d WHERE d.shown AND d.customer_id = customer.id AND d.by_date > ''
                 ORDER BY d.by_date DESC, d.id DESC LIMIT 1) AS last
        ) edge)"""
# Where a contract or order is asked for: the threads it is named in.
_THREADS = """CASE WHEN of_label IS NOT NULL THEN
                        _threads_of_label(customer.id, of_label, r.visible_types, r.sees) END"""
# Of sql/rarely_asked.sql.
_LABELS = "CASE WHEN with_further THEN _labels(asked.customers, r.visible_types, r.sees, r.subject) END"
_DIRECTED = "with_further AND _any_supplies(r.customers)"
_NAMES = "CASE WHEN cardinality(r.customers) > 1 THEN _customers(r.customers) END"

# Of quotes, beside their outcomes: the customer has not decided yet.
TO_DECIDE = "to_decide"
QUOTE_WORDS = {
    TO_DECIDE: N_("to be decided"),
    **{str(code): code.word for code in QuoteOutcome},
    # Customers see what they still have to do.
    str(QuoteOutcome.PROMISED): N_("waiting for payment"),
}


def quote_state(code: str) -> tuple[str, str]:
    """How a page colours where a quote stands, and the customer's word for it: its outcome, or TO_DECIDE."""
    tone = "open" if code == TO_DECIDE else vocabulary.state(QuoteOutcome, code)[0]
    return tone, _(QUOTE_WORDS.get(code, code))


DOCUMENTS = ListPage(
    "documents", replace(PORTAL, answers=PORTAL.answers.replace("r.session", "r.page_session")),
    beside=HOLDER.replace(" OFFSET 0", f", {_THREADS} AS threads OFFSET 0"),
    source="""document d
                LEFT JOIN document_payment p ON p.document_id = d.id
                CROSS JOIN LATERAL (SELECT _status(d.state, p.state, d.due_date, p.open_minor, r.today) AS status) s""",
    where=f"d.customer_id = customer.id AND {visible_in_sql('d', holder=True)}",
    id="d.id", entry=f"_entry(d.brief, s.status, p.brief, {label(holder=True)}, {is_new('d', 'holder.subject')})",
    sort="date", size=20, most=100, on_demand=True,
    columns=(
        ListColumn("number", N_("Document"), sort="d.by_number"),
        ListColumn("date", N_("Date"), sort="d.by_date", short=N_("dated")),
        ListColumn("amount", N_("Amount"), sort="d.by_amount", num=True, css="num amount"),
        ListColumn("due", N_("Status"), sort="d.by_due"),
    ),
    others=(
        Filter("type", "d.type = {it}", words={code: code.plural for code in TYPES}, description="Only this type of document"),
        Filter(
            "status",
            "(s.status = {it} OR {it} = 'open' AND s.status IN ('partly_paid', 'overdue') OR d.outcome = {it}"
            " OR {it} = 'to_decide' AND d.type = 'quote' AND d.outcome = '' AND d.state = 'shared')",
            words={code: code.word for code in ReceivableState} | QUOTE_WORDS, label=N_("Status"), every=N_("Any status"),
            description="Of what is to be paid (`open` includes partly paid and overdue ones), or of quotes (`to_decide` and outcomes)",
        ),
        Filter(
            "year", "d.year = {it}", kind="integer", bounds=(1900, 9999), label=N_("Year"), description="Year of the issue date"
        ),
        Filter(
            "label", "(d.label = {it} OR d.label IS NULL AND d.thread_id = ANY (holder.threads))",
            label=N_("Contract or order"), further=True,
            description="Number of the contract or order that they belong to",
        ),
        Filter(
            "direction", "d.direction = {it}", words={code: code.word for code in DocumentDirection},
            label=N_("Direction"), every=N_("To you and from you"), further=True,
            description="Invoices and credit notes of the merchant, or those by which the merchant pays a supplier",
        ),
        Filter(
            "from", "d.by_date >= {it}", kind="day", label=N_("From"), otherwise="''", description="Issued on this day or later"
        ),
        Filter(
            "to", "d.by_date <= {it}", kind="day", label=N_("Until"), otherwise="'~'", description="Issued on this day or before"
        ),
    ),
    search=("d.words",),
    searched="number, title, references, buyer or amount", hint=N_("Number, title or amount"),
    facts={
        "counts": ("json", _COUNTS), "years": ("integer[]", _YEARS), "labels": ("text", _LABELS), "directed": ("boolean", _DIRECTED),
        "customers": ("json", _NAMES), "new_count": ("bigint", NEW_BESIDE_ROWS),
    },
)  # fmt: skip
# The same rows for programs, which have no navigation and no selects.
ENTRIES = replace(
    DOCUMENTS,
    name="document_entries",
    on_demand=False,
    frame=replace(PORTAL, answers=PORTAL.answers.replace("r.session", "r.told")),
    facts={"counts": DOCUMENTS.facts["counts"]},
)


def choices(listing: Listing) -> dict[str, list[tuple[Any, str]]]:
    """Of the selects that depend on what there is. The reader's language must be set."""
    return {
        "year": _year_options(listing),
        "label": label_options(listing),
        **({} if listing.row["directed"] else {"direction": []}),
        "customer": _customer_options(listing),
    }


def columns() -> list[Column]:
    """Of lists that have one order."""
    return [column.spoken(sortable=False) for column in DOCUMENTS.columns]


def type_title(name: str | None) -> str:
    return plural(DocumentType, name) if name else _("All documents")


def type_links(slug: str, listing: Listing) -> tuple[Link, ...]:
    """The column of types with their counts; "99+" stands for more than are counted."""
    return links_of_types(
        slug, listing.fact("counts", {}), listing.query.values["type"] or "", listing.query.values["customer"]
    )


def links_of_types(slug: str, counts: dict[str, int], asked: str, customer: Any = None) -> tuple[Link, ...]:
    """`asked` is the type we are at, empty for all."""
    capped = any(number >= COUNT_CAP for number in counts.values())
    kept = f"customer={customer}" if customer else ""
    base = f"/{slug}/dokumente"
    links = [Link(type_title(None), _with(base, kept), not asked, _count(sum(counts.values()), capped))]
    for name in TYPES:
        if name in counts:
            url = _with(base, f"type={name}", kept)
            links.append(Link(type_title(name), url, asked == name, _count(counts[name], counts[name] >= COUNT_CAP)))
    return tuple(links)


def customer_names(listing: Listing) -> dict[str, str]:
    return names_by_id(_customers(listing))


def _year_options(listing: Listing) -> list[tuple[Any, str]]:
    """None where there is one year only."""
    first, last = listing.row["years"] or (None, None)
    asked = listing.query.values["year"]
    years = list(range(last, first - 1, -1)) if first and last else []
    if asked and asked not in years:
        years.append(asked)
    return [("", _("All years")), *((year, str(year)) for year in years)] if years[1:] or asked else []


def _customer_options(listing: Listing) -> list[tuple[Any, str]]:
    customers = _customers(listing)
    return (
        [("", _("All customers")), *((c["id"], f"{c['name']} ({c['number']})") for c in customers)] if customers else []
    )


def _customers(listing: Listing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(listing.row["customers"] or "[]")
    return found


def _with(base: str, *parts: str) -> str:
    query = "&".join(part for part in parts if part)
    return f"{base}?{query}" if query else base


def _count(number: int, capped: bool) -> str:
    return f"{number - 1}+" if capped else str(number)
