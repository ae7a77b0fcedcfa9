"""What an amendment has changed in a quote, as a table in a mail."""

from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor_notifications.placeholders import BLOCK, word
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Row, Rows
from kontor_service.differences import differences
from kontor_service.i18n import N_, ngettext

# More would be longer than the quote: its page shows all.
_MOST_ROWS = 20


def changes_of(document: Document) -> list[dict[str, Any]]:
    """As a mail keeps them until it goes out."""
    names = ("kind", "name", "field", "before", "after")
    return [{name: getattr(change, name) for name in names} for change in document.changes]


def _table(facts: Facts) -> Rows | str:
    found = differences((facts.data or {}).get("changes", ()), facts.document.state.currency or "EUR")
    shown = [one for one in found if not one.total][:_MOST_ROWS]
    left_out = sum(not one.total for one in found) - len(shown)
    rows = [Row(one.what, one.news) for one in shown]
    if left_out:
        rows.append(Row(ngettext("%(num)s more change", "%(num)s more changes", left_out), "…"))
    rows += [Row(one.what, one.news, strong=True) for one in found if one.total]
    return Rows(tuple(rows)) if rows else ""


CHANGES = word(
    "Changes",
    N_("Table of what is new in an amended quote, with the total"),
    _table,
    "Änderungen",
    "Aenderungen",
    form=BLOCK,
)
