"""Columns of a document that both edges order, search and filter by."""

from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType, ReferenceKind
from kontor_edge.sorting import LAST_DAY, amount_key, number_key, search_words
from kontor_edge.values import KEY, text
from kontor_service.money import from_minor

# What a document can belong to, the widest first.
_LABELS = (
    ReferenceKind.CONTRACT, ReferenceKind.SALES_ORDER, ReferenceKind.ORDER, ReferenceKind.ORDER_CONFIRMATION,
    ReferenceKind.PURCHASE_ORDER,
)  # fmt: skip
_LABELLED_BY_ITSELF = {
    DocumentType.CONTRACT: ReferenceKind.CONTRACT,
    DocumentType.SALES_ORDER: ReferenceKind.SALES_ORDER,
    DocumentType.ORDER_CONFIRMATION: ReferenceKind.ORDER_CONFIRMATION,
    DocumentType.PURCHASE_ORDER: ReferenceKind.PURCHASE_ORDER,
}
# A longer number is no label: those stand in indexes, whose rows have an end.
_LONGEST_LABEL = 200
LABEL_COLUMNS = {"label": KEY, "label_brief": "text"}


def label_of(d: Any) -> tuple[str, str] | None:
    """Kind and number of the contract or order that a document belongs to, as far as it says so itself."""
    named = [(str(ref.kind), ref.number) for ref in d.references]
    if d.type in _LABELLED_BY_ITSELF:
        named.append((str(_LABELLED_BY_ITSELF[d.type]), d.number))
    found = [one for one in named if 0 < len(one[1]) <= _LONGEST_LABEL]
    return next((one for kind in _LABELS for one in found if one[0] == kind), None)


def label_columns(d: Any) -> dict[str, Any]:
    """Its number, to filter by, and the label as JSON."""
    kind, number = label_of(d) or ("", "")
    return {"label": number or None, "label_brief": text({"kind": kind, "number": number}) if number else None}


def label_in_sql(column: str, document: str, of: str) -> str:
    """SQL of a document's label (`column` is label or label_brief): its own, else the first one in its thread. `of` is the
    condition on `o`, another document of the thread that the reader may see."""
    thread = (
        f"SELECT o.{column} FROM document o WHERE o.thread_id = {document}.thread_id AND o.label IS NOT NULL AND {of}"
    )
    return f"coalesce({document}.{column}, ({thread} ORDER BY o.by_date, o.id LIMIT 1))"


def sort_keys(d: Any) -> dict[str, Any]:
    amounts = [f"{from_minor(minor, d.currency):.2f}" for minor in (d.gross_minor, d.amount_due_minor) if d.currency]
    numbers = [d.number, d.external_id, *(ref.number for ref in d.references)]
    words = [
        *numbers,
        d.title,
        d.buyer_name,
        d.customer_number,
        *amounts,
        *(amount.replace(".", ",") for amount in amounts),
    ]
    return {
        "by_date": d.issue_date,
        "by_due": d.due_date or LAST_DAY,
        "by_amount": amount_key(d.gross_minor),
        "by_number": number_key(d.number),
        "words": search_words(words),
    }
