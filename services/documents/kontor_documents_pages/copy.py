"""Columns of a document that both edges order and search by."""

from typing import Any

from kontor_edge.sorting import LAST_DAY, amount_key, number_key, search_words
from kontor_service.money import from_minor


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
