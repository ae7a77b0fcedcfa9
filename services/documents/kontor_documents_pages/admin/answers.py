"""What the admin's JSON says of documents (see copy.py)."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor.notifications.v1 import notifications_pb2
from kontor.payments.v1 import payments_pb2
from kontor_documents_pages.admin.copy import NULLABLE, SHOWN
from kontor_edge.described import Instant, fields, listed, many, model, state_model
from kontor_payments_pages.offers import StaffPaymentBrief

_ENTRY: dict[str, Any] = {
    **fields(documents_pb2.Document, " ".join((*SHOWN, "issues")), null=" ".join(NULLABLE)),
    "status": str | None, "payment": StaffPaymentBrief | None, "customer": str | None, "opened_at": Instant | None,
}  # fmt: skip
_COUNTS = dict[str, int]
Entry = model("DocumentEntry", _ENTRY, doc="A document as lists show it. `status` is null where nothing is to be paid.")
Documents = listed("Documents", Entry, counts=_COUNTS)
Waiting = model("WaitingDocument", _ENTRY, group=str, suggested=str | None)
Release = listed("ReleaseList", Waiting, groups=_COUNTS)
_Customer = state_model(identity_pb2.Customer)
Document = model(
    "DocumentPage", data=state_model(documents_pb2.Document), status=str | None,
    payment=state_model(payments_pb2.Receivable) | None, customer=_Customer | None, suggested=_Customer | None,
    payments=many(state_model(payments_pb2.Payment)), mails=many(state_model(notifications_pb2.Mail)),
    link=state_model(identity_pb2.Link) | None, related=many(Entry), chargeable=str | None,
)  # fmt: skip
_Asked = model("QuoteRequest", id=str, number=str, customer=str | None, kind=str, text=str)
QuotesOnBoard = model(
    "QuotesOnBoard", stands=_COUNTS, requests=many(_Asked) | None, unpaid=many(Entry) | None,
    overpaid=many(Entry) | None, entries=many(Entry) | None,
    doc="`stands`: how many quotes stand where. `requests`: what customers ask for. `unpaid`: accepted, and the payment failed "
        "afterwards. `overpaid`: more was paid than is asked for now. `entries`: decided lately, or ending soon.",
)  # fmt: skip
