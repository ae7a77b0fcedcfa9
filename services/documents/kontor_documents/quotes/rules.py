"""Whether a quote can still be decided. Pure: the row and the day in, a problem out."""

from datetime import date
from typing import Any

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, DocumentType, QuoteOutcome
from kontor_documents.errors import (
    AlreadyDecided,
    NoQuote,
    NotShared,
    QuoteAmended,
    QuoteExpired,
    UnknownVersion,
    Withdrawn,
)
from kontor_documents.models import Document
from kontor_service.i18n import N_

_DECIDED = frozenset(
    {QuoteOutcome.PROMISED, QuoteOutcome.ACCEPTED, QuoteOutcome.DECLINED, QuoteOutcome.SUPERSEDED}
)  # fmt: skip
# What accepting takes where neither the quote nor the merchant says it.
USUAL = [AcceptanceMethod.SIGNATURE]


def refuse_closed(document: Document) -> None:
    """Raises NoQuote, NotShared, Withdrawn."""
    if document.type != DocumentType.QUOTE:
        raise NoQuote
    if document.state == "waiting":
        raise NotShared
    if document.state != "shared":
        raise Withdrawn


def refuse_undecidable(document: Document, today: date, *, revision: int, declines: bool = False) -> None:
    """Raises NoQuote, Withdrawn, UnknownVersion, AlreadyDecided, QuoteExpired and QuoteAmended, in this order. `revision`
    is the version that the customer has seen. Who promised to pay may still decline."""
    refuse_closed(document)
    if revision > document.revision:
        raise UnknownVersion(field="version")
    if document.outcome in _DECIDED and not (declines and document.outcome == QuoteOutcome.PROMISED):
        raise AlreadyDecided(outcome=document.outcome)
    if is_expired(document, today):
        raise QuoteExpired(
            N_("The quote was valid until %(valid_until)s."), valid_until=_iso(document.valid_until)
        ) if document.valid_until else QuoteExpired  # fmt: skip
    if revision != document.revision:
        raise QuoteAmended(version=document.revision)


def is_expired(document: Document, today: date) -> bool:
    """`valid_until` is the end of that day in the merchant's zone; also before the job has said so."""
    return document.outcome == QuoteOutcome.EXPIRED or (
        document.valid_until is not None and document.valid_until < today
    )


def asks_for(document: Document) -> list[str]:
    """What accepting this quote takes."""
    return document.facts.get("acceptance") or [str(method) for method in USUAL]


def _iso(day: Any) -> str:
    return str(day.isoformat()) if day else ""
