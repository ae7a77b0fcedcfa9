"""Rows of a list as HTML.

Written here and not in a template: a list page is mostly these, and a row depends on nothing but what its entry says
and in whose language, so it is made once and kept.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import orjson
from markupsafe import Markup, escape

from kontor.documents.v1.documents_pb2_codes import DocumentType, QuoteOutcome
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_documents_pages.content import document_name
from kontor_documents_pages.filters import label_words
from kontor_documents_pages.portal.listing import TO_DECIDE, columns, quote_state
from kontor_service import vocabulary
from kontor_service.formats import money, short_day
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_web import Column

_STILL_TO_PAY = frozenset({"open", "overdue", "partly_paid"})
# A number of usual length is not broken at its hyphens.
_LONG_NUMBER = 25
# About half a kilobyte each.
_KEPT = 20_000


def rows(slug: str, entries: Iterable[str] | None, names: dict[str, str] | None = None) -> Markup:
    """Table rows of these entries, empty for none. `names`: whose document it is, by customer id, for log-ins with several.

    The reader's language must be set (kontor_service.i18n.speak).
    """
    language, named = reader().language, names or {}
    if named:
        return Markup("").join(_row(slug, text, named.get(_customer(text), ""), language) for text in entries or ())
    return Markup("").join([_row(slug, text, "", language) for text in entries or ()])


def count_new(entries: Iterable[str] | None) -> int:
    """How many of these entries have a dot."""
    return sum(map(_is_new, entries or ()))


def undecided(entries: Iterable[str] | None) -> list[str]:
    """The ids of the quotes among these entries that wait for the customer's decision."""
    return [
        entry["id"] for entry in map(orjson.loads, entries or ()) if _is_quote(entry) and _stand(entry) == TO_DECIDE
    ]


def _is_quote(entry: dict[str, Any]) -> bool:
    return entry["type"] == DocumentType.QUOTE and entry["status"] is None


def _customer(text: str) -> str:
    found: str = orjson.loads(text)["customer_id"]
    return found


@lru_cache(_KEPT)
def _is_new(text: str) -> bool:
    found: bool = orjson.loads(text)["new"]
    return found


@lru_cache(_KEPT)
def _row(slug: str, text: str, name: str, language: str) -> Markup:
    entry: dict[str, Any] = orjson.loads(text)
    cells = {
        "number": _named(slug, entry, name), "date": short_day(entry["issue_date"], language), "amount": _amount(entry, language),
        "due": _state(entry) + _sub(_until(entry, language)),
    }  # fmt: skip
    return Markup("<tr>{}</tr>\n").format(Markup("").join(_cell(column, cells, entry) for column in columns()))


def _cell(column: Column, cells: dict[str, str], entry: dict[str, Any]) -> Markup:
    """A column without a cell of its own shows what its entry says."""
    known = entry.get(column.name)
    shown = cells[column.name] if column.name in cells else escape(_(column.words.get(known, known)) if known else "–")
    css = f' class="{column.css}"' if column.css else ""
    short = f' data-label="{column.short}"' if column.short else ""
    return Markup(f"<td{css}{short}>{shown}</td>")  # noqa: S704 - everything in it is escaped


def _named(slug: str, entry: dict[str, Any], name: str) -> str:
    number = escape(entry["number"])
    if len(entry["number"]) < _LONG_NUMBER:
        number = Markup('<span class="nowrap">{}</span>').format(number)
    label = Markup("{}{} {}").format(_dot(entry), document_name(entry), number)
    sub = _sub(" · ".join(part for part in (entry["title"], name) if part))
    return f'<a class="strong" href="/{slug}/dokumente/{entry["id"]}">{label}</a>{sub}{_label(slug, entry)}'


def _dot(entry: dict[str, Any]) -> Markup:
    """Of what the reader has not read yet."""
    if not entry["new"]:
        return Markup("")
    return Markup('<span class="dot" aria-hidden="true"></span><span class="unseen">{}: </span>').format(_("New"))


def _label(slug: str, entry: dict[str, Any]) -> Markup:
    """The way to what belongs to the same contract or order. A document needs no label with its own number."""
    label = entry["label"]
    if not label or label["number"] == entry["number"]:
        return Markup("")
    address = f"/{slug}/dokumente?{urlencode({'label': label['number']})}"
    return Markup('<a class="sub label" href="{}">{}</a>').format(address, label_words(label))


def _amount(entry: dict[str, Any], language: str) -> str:
    """A data sheet or a protocol costs nothing; an invoice over nothing says so."""
    total = entry["total"]
    free = not total["minor_units"] and entry["status"] is None
    amount = "" if free else escape(money(total["minor_units"], total["currency"], language))
    return f"{amount}{_sub(_still_open(entry, language))}"


def _sub(text: str) -> str:
    return f'<span class="sub">{escape(text)}</span>' if text else ""


def _state(entry: dict[str, Any]) -> str:
    """Of a quote what was decided; of others where the payment stands, if there is something to be paid."""
    if entry["outcome"] or _is_quote(entry):
        kind, word = quote_state(_stand(entry))
    elif entry["status"] is not None:
        kind, word = vocabulary.state(ReceivableState, entry["status"])
    else:
        return ""
    return f'<span class="state {kind}">{escape(word)}</span>'


def _stand(entry: dict[str, Any]) -> str:
    """Of a quote. Where a payment failed after it counted as accepted, the customer has to pay again."""
    if entry["outcome"] == QuoteOutcome.ACCEPTED and entry["status"] in _STILL_TO_PAY:
        return str(QuoteOutcome.PROMISED)
    return str(entry["outcome"] or TO_DECIDE)


def _still_open(entry: dict[str, Any], language: str) -> str:
    """What is left where a part has been paid."""
    if entry["status"] not in ("partly_paid", "overdue"):
        return ""
    left = entry["payment"]["open"]
    if left["minor_units"] == entry["total"]["minor_units"]:
        return ""
    return _("open: %(amount)s", amount=money(left["minor_units"], left["currency"], language))


def _until(entry: dict[str, Any], language: str) -> str:
    if entry["status"] in _STILL_TO_PAY and entry["due_date"]:
        return _("due on %(day)s", day=short_day(entry["due_date"], language))
    if entry["valid_until"] and not entry["status"] and not entry["outcome"]:
        return _("valid until %(day)s", day=short_day(entry["valid_until"], language))
    return ""
