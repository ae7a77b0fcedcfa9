"""Documents in the gateway's copy: what of them becomes a column."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.documents.v1.documents_pb2_codes import HistoryFact
from kontor.identity.v1.identity_pb2_codes import CustomerRole
from kontor_documents_pages.copy import LABEL_COLUMNS, label_columns, label_in_sql, sort_keys
from kontor_edge import View
from kontor_edge.values import KEY, bits, money, text, whole

# More than these are counted as so many and a plus.
COUNT_CAP = 100
# New documents are counted among so many latest ones of a customer, for so many customers of a log-in.
NEW_AMONG, NEW_CUSTOMERS = 20, 20
_SHOWN_STATES = ("shared", "cancelled")
_SUPPLIES = bits([CustomerRole.SUPPLIER, CustomerRole.PARTNER], CustomerRole)
# Documents from before roles were told are for customers.
_CUSTOMER = bits([CustomerRole.CUSTOMER], CustomerRole)


def role_bits(customer: str) -> str:
    """SQL: the roles of the customer with this id."""
    return f"coalesce((SELECT c.role_bits FROM customer c WHERE c.id = {customer}), {_CUSTOMER})"


# Of each customer of a list: its roles, what the reader sees of it, and who reads, found once and not for each row.
HOLDER = f"""CROSS JOIN LATERAL (
                SELECT {role_bits("customer.id")} AS role_bits,
                    r.sees, r.subject OFFSET 0
            ) holder"""


def for_roles(row: str) -> str:
    """SQL: whether the document `row` is for a role that its customer has (B16)."""
    return f"{row}.role_bits & {role_bits(f'{row}.customer_id')} <> 0"


def visible_in_sql(row: str, *, holder: bool = False) -> str:
    """SQL: whether the portal shows reader `r` the document `row`; faster where its HOLDER is joined."""
    role, sees = (f"{row}.role_bits & holder.role_bits <> 0", "holder.sees") if holder else (for_roles(row), "r.sees")
    return f"{row}.shown AND {role} AND _shows({row}.customer_id, {row}.type, {row}.outcome, r.visible_types, {sees})"


def is_new(row: str, subject: str) -> str:
    """SQL: whether this reader has not read the document `row`, its newest revision or a comment of the merchant (C10)."""
    return f"""NOT EXISTS (
                SELECT FROM read_mark m WHERE m.document_id = {row}.id AND m.reader = {subject} AND NOT m.deleted
                  AND coalesce(m.revision, 0) >= {row}.revision AND NOT EXISTS (
                    SELECT FROM comment c WHERE c.document_id = {row}.id AND c.of_merchant AND NOT c.deleted
                      AND c.number > coalesce(m.comment_number, 0)))"""


def counts_in_sql(customers: str) -> str:
    """SQL: how many documents of each type reader `r` sees of these customers, as JSON."""
    return f"""(SELECT json_object_agg(kind.type, kind.many) FROM (
            SELECT visible.type, sum(picked.many)::integer AS many
            FROM (
                SELECT customer.id, holder.* FROM unnest({customers}) customer (id)
                {HOLDER} OFFSET 0
            ) holder
            CROSS JOIN LATERAL (
                SELECT split_part(one, ':', 1) AS type, split_part(one, ':', 2) AS outcome FROM unnest(r.visible_types) one
                OFFSET 0
            ) visible
            CROSS JOIN LATERAL (
                SELECT count(*) AS many FROM (
                    SELECT FROM document d
                    WHERE d.shown AND d.customer_id = holder.id AND d.type = visible.type AND d.role_bits & holder.role_bits <> 0
                      AND visible.outcome IN ('', d.outcome)
                    LIMIT {COUNT_CAP}
                ) capped
            ) picked
            WHERE picked.many > 0 AND _shows(holder.id, visible.type, visible.outcome, r.visible_types, holder.sees)
            GROUP BY visible.type
        ) kind)"""


def neighbour_in_sql(order: str) -> str:
    """SQL: the document beside `d` in the list of its type, by date, as JSON."""
    beyond = ">" if order == "asc" else "<"
    return f"""(SELECT json_build_object('id', o.id, 'number', o.number, 'type', o.type) FROM (
                SELECT o.id, o.type, o.brief::json ->> 'number' AS number FROM document o
                WHERE {visible_in_sql("o", holder=True)} AND o.customer_id = d.customer_id AND o.type = d.type
                  AND (o.by_date, o.id) {beyond} (d.by_date, d.id)
                ORDER BY o.by_date {order}, o.id {order} LIMIT 1
            ) o)"""


def new_count(session: str, merchant: str, person: str) -> str:
    """SQL: how many of the latest documents of each customer of `session` are new to its reader `person`."""
    return f"""(SELECT count(*) FROM (
            SELECT customer.id, {role_bits("customer.id")} AS role_bits,
                {person}.sees, {person}.subject
            FROM unnest(CASE WHEN {session}.document_id IS NULL THEN {session}.customers ELSE '{{}}' END) customer (id)
            LIMIT {NEW_CUSTOMERS}
        ) holder CROSS JOIN LATERAL (
            SELECT FROM (
                SELECT d.id, d.revision, d.type, d.outcome, d.role_bits FROM document d
                WHERE d.shown AND d.customer_id = holder.id ORDER BY d.by_date DESC, d.id DESC LIMIT {NEW_AMONG}
            ) d
            WHERE d.role_bits & holder.role_bits <> 0 AND _shows(holder.id, d.type, d.outcome, {merchant}.visible_types, holder.sees)
              AND {is_new("d", "holder.subject")}
        ) latest)"""


# For the navigation of every page.
NEW_COUNT = new_count("s", "m", "person")
# For the list of reader `r`: NULL where its rows `page` are just the documents among which it is counted, so that the page
# can count its dots.
NEW_BESIDE_ROWS = f"""CASE WHEN r.document_id IS NOT NULL OR cardinality(r.customers) <> 1 OR many > {NEW_AMONG} OR NOT ARRAY(
            SELECT d.id FROM document d WHERE d.shown AND d.customer_id = r.customers[1]
            ORDER BY d.by_date DESC, d.id DESC LIMIT {NEW_AMONG}
        ) <@ coalesce(page.ids[:many], '{{}}') THEN
            _new_count(r.document_id, r.customers, r.visible_types, r.sees, r.subject) END"""


# Of sql/rarely_asked.sql: what words in braces stand for.
RARELY_ASKED = {
    "new_count": new_count("r", "r", "r"), "holder": HOLDER, "visible": visible_in_sql("d", holder=True), "supplies": str(_SUPPLIES),
    "cap": str(COUNT_CAP),
}  # fmt: skip


def label(*, holder: bool = False) -> str:
    """SQL: the label of `d` as JSON, for reader `r`; faster where its HOLDER is joined."""
    return label_in_sql("label_brief", "d", f"o.customer_id = d.customer_id AND {visible_in_sql('o', holder=holder)}")


def _document(d: Any) -> dict[str, Any]:
    said = whole(d)
    return {
        "content_sha256": d.content_sha256,
        "outcome": d.outcome,
        "revision": d.revision,
        "shown": d.state in _SHOWN_STATES and bool(d.customer_id),
        "role_bits": bits(d.roles or [CustomerRole.CUSTOMER], CustomerRole),
        "direction": d.direction or None,
        "year": int(d.issue_date[:4]) if d.issue_date else None,
        **sort_keys(d),
        **label_columns(d),
        "brief": text(_brief(d, said)),
        "data": _details(d, said),
    }


def _brief(d: Any, said: dict[str, Any]) -> dict[str, Any]:
    """A document as lists show it and the portal's JSON says it."""
    return {
        **{name: said[name] for name in ("id", "type", "kind", "number", "title", "customer_id")},
        **{name: said[name] or None for name in ("outcome", "direction", "issue_date", "due_date", "valid_until")},
        "total": money(d.gross_minor, d.currency),
        "amount_due": money(d.amount_due_minor, d.currency),
        "files": sum(1 for file in d.files if not file.private),
        # Of a quote what customers speak of: the same until it is amended.
        "version": d.revision if d.type == "quote" else d.version,
    }


DETAILS = (
    "external_id", "state", "customer_number", "buyer_name", "references", "content_sha256", "shared_at", "first_opened_at",
    "closed_at", "payment_reference", "payment_means", "carrier", "tracking_number", "tracking_url", "thread_id",
    "revision", "acceptance", "deposit_percent", "responsible", "decision", "selection", "cashier", "register",
    "standing_documents", "changes", "moments",
)  # fmt: skip


def _for_customers(moment: dict[str, Any]) -> dict[str, Any]:
    """Which colleague opened a document first, and to whom one forwarded it, is for the merchant alone."""
    return moment | {"by": ""} if moment["what"] == HistoryFact.OPENED else moment


def _details(d: Any, said: dict[str, Any]) -> dict[str, Any]:
    """What only the document's own page needs. Private files never enter the copy (C12)."""
    return {
        **{name: said[name] for name in DETAILS},
        "moments": [_for_customers(one) for one in said["moments"] if one["what"] != HistoryFact.FORWARDED],
        "direct_debit_date": d.direct_debit_date or None,
        "net": money(d.net_minor, d.currency),
        "tax": money(d.tax_minor, d.currency),
        "prepaid": money(d.prepaid_minor, d.currency),
        "cash_discounts": [
            {"until": c.until, "percent": c.percent, "discount": money(c.amount_minor, d.currency),
             "payable": money(c.payable_minor, d.currency)}
            for c in d.cash_discounts
        ],
        "asked": money(d.asked_minor, d.currency),
        "request": {name: said["request"][name] for name in ("kind", "at")} if said["request"] else None,
        "files": [
            {name: value for name, value in file.items() if name != "private"}
            for file in said["files"] if not file["private"]
        ],
    }  # fmt: skip


DOCUMENT = View(
    "document",
    documents_pb2.DocumentSnapshot,
    {
        "customer_id": "uuid", "thread_id": "text", "content_sha256": "text", "type": "text", "state": "text", "outcome": "text",
        "revision": "bigint",
        "shown": "boolean", "role_bits": "integer", "direction": "text", "year": "integer", "due_date": "date",
        "by_date": KEY, "by_due": KEY, "by_amount": KEY, "by_number": KEY,
        **LABEL_COLUMNS, "words": "text", "brief": "text", "data": "json",
    },
    _document,
    lambda d: (f"document:{d.id}", f"customer:{d.customer_id}"),
)  # fmt: skip
