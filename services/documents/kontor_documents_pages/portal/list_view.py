"""The list as its page shows it: columns, types with counts, what can be filtered by."""

from typing import Any

import asyncpg
import orjson

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_documents_pages.portal.copy import COUNT_CAP
from kontor_documents_pages.portal.listing import Wish
from kontor_documents_pages.portal.words import TYPES
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import plural
from kontor_web import Column, Link


def columns(*, sortable: bool = True) -> list[Column]:
    return [
        Column("number", _("Document"), sortable),
        Column("date", _("Date"), sortable),
        Column("amount", _("Amount"), sortable, num=True),
        Column("due", _("Status"), sortable),
    ]


def type_title(name: str | None) -> str:
    return plural(DocumentType, name) if name else _("All documents")


def type_links(slug: str, record: asyncpg.Record, wish: Wish) -> tuple[Link, ...]:
    """The column of types with their counts; "99+" stands for more than are counted."""
    counts: dict[str, int] = orjson.loads(record["counts"] or "{}")
    capped = any(number >= COUNT_CAP for number in counts.values())
    kept = f"customer={wish.customer}" if wish.customer else ""
    base = f"/{slug}/dokumente"
    links = [Link(type_title(None), _with(base, kept), wish.type is None, _count(sum(counts.values()), capped))]
    for name in TYPES:
        if name in counts:
            number = counts[name]
            url = _with(base, f"type={name}", kept)
            links.append(Link(type_title(name), url, wish.type == name, _count(number, number >= COUNT_CAP)))
    return tuple(links)


def filter_options(record: asyncpg.Record, wish: Wish) -> dict[str, Any]:
    """What the selects above the list offer; a select with one answer only is left out."""
    customers = _customers(record)
    first, last = record["years"] or (None, None)
    years = list(range(last, first - 1, -1)) if first and last else []
    if wish.year and wish.year not in years:
        years.append(wish.year)
    return {
        "statuses": [("", _("Any status")), *((code, _(code.word).capitalize()) for code in ReceivableState)],
        "years_options": [("", _("All years")), *((year, str(year)) for year in years)]
        if years[1:] or wish.year
        else [],
        "customers": customers,
        "customer_options": [("", _("All customers")), *((c["id"], f"{c['name']} ({c['number']})") for c in customers)],
    }


def customer_names(record: asyncpg.Record) -> dict[str, str]:
    """By id, for log-ins with several customers; empty for others."""
    return {c["id"]: c["name"] for c in _customers(record)}


def _customers(record: asyncpg.Record) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(record["customers"] or "[]")
    return found


def _with(base: str, *parts: str) -> str:
    query = "&".join(part for part in parts if part)
    return f"{base}?{query}" if query else base


def _count(number: int, capped: bool) -> str:
    return f"{number - 1}+" if capped else str(number)
