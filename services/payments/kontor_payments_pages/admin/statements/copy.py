"""Bank statements and the payments on them, as the admin's pages show them."""

from typing import Any

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.sorting import search_words
from kontor_edge.values import KEY, key, whole
from kontor_service.money import from_minor


def _entry(e: Any) -> dict[str, Any]:
    amount = f"{from_minor(e.amount_minor, e.currency):.2f}"
    numbers = [share.document_number for share in e.shares]
    words = [e.name, e.text, e.reference, e.end_to_end_id, e.iban, amount, amount.replace(".", ","), *numbers]
    return {
        "statement_id": e.statement_id,
        # Until it is decided it stands where its proposal puts it.
        "kind": e.certainty if e.state == "waiting" else e.state,
        "by_day": f"{e.booked_on}/{e.id}",
        "words": search_words(words),
        "data": whole(e),
    }


STATEMENT = View(
    "bank_statement",
    payments_pb2.BankStatementSnapshot,
    {"by_time": KEY, "words": "text", "data": "json"},
    lambda s: {
        "by_time": key(s.imported_at),
        "words": search_words([s.number, s.account, s.file_name]),
        "data": whole(s),
    },
    lambda s: (f"merchant:{s.merchant_id}",),
)
ENTRY = View(
    "statement_entry",
    payments_pb2.StatementEntrySnapshot,
    {"statement_id": "uuid", "kind": "text", "by_day": KEY, "words": "text", "data": "json"},
    _entry,
    lambda e: (f"merchant:{e.merchant_id}",),
)  # fmt: skip
VIEWS = (STATEMENT, ENTRY)
