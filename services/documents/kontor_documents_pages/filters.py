"""What lists of documents on both edges are narrowed by: a contract or order (C11), and days."""

from functools import lru_cache
from typing import Any

import orjson

from kontor_documents_pages.content import reference_label
from kontor_edge.listing import Listing
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _


def label_words(label: dict[str, str]) -> str:
    """Vertrag V-17"""
    return f"{reference_label(label['kind'])} {label['number']}"


def label_options(listing: Listing) -> list[tuple[Any, str]]:
    """Of the labels that the list answers as its fact `labels`, and of the one that is asked for; none where there are none."""
    return _label_options(listing.row["labels"] or "[]", listing.query.values["label"] or "", reader().language)


# The same from page to page of a customer.
@lru_cache(2_000)
def _label_options(labels: str, asked: str, _language: str) -> list[tuple[Any, str]]:
    found = {label["number"]: label_words(label) for label in orjson.loads(labels)}
    if asked:
        found.setdefault(asked, asked)
    return [("", _("All contracts and orders")), *sorted(found.items())] if found else []


def check_days(listing: Listing) -> None:
    """Says at its field that a range of days ends before it begins."""
    first, last = listing.query.values["from"], listing.query.values["to"]
    if first and last and last < first:
        listing.form.error("to", N_("This day is before the first one."))
