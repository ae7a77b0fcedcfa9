"""What the portal's JSON says of documents (see copy.py)."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor_documents_pages.portal.copy import DETAILS
from kontor_documents_pages.portal.quotes_api import SelectionTotals
from kontor_edge.described import Amount, by_name, component, fields, many, model
from kontor_payments_pages.offers import PaymentBrief, PaymentDetails

_Label = model(
    "DocumentLabel", fields(documents_pb2.Reference, "kind number"),
    doc="The contract or order that a document belongs to: named by it, else by the first of those that belong together.",
)  # fmt: skip
_ENTRY: dict[str, Any] = {
    "status": str | None, "payment": PaymentBrief | None, "label": _Label | None, "new": bool,
    **fields(
        documents_pb2.Document, "id type kind number title customer_id version",
        null="direction issue_date due_date valid_until outcome",
    ),
    "total": Amount, "amount_due": Amount, "files": int,
}  # fmt: skip
Entry = model("DocumentEntry", _ENTRY, doc="A document as lists show it. `status` is null where nothing is to be paid.")
Documents = model(
    "Documents", documents=many(Entry), next=str | None, counts=dict[str, int], count_cap=int,
)  # fmt: skip
_Discount = model("CashDiscount", fields(documents_pb2.CashDiscount, "until percent"), discount=Amount, payable=Amount)
_File = model("DocumentFile", fields(documents_pb2.File, without="private"))
_Request = model(
    "QuoteRequest", kind=str, at=str,
    doc="What the customer asked for and the merchant has not answered yet: `extension` or `new_offer`.",
)  # fmt: skip
_Details = model(
    "DocumentDetails", fields(documents_pb2.Document, " ".join(DETAILS), null="direct_debit_date"),
    net=Amount, tax=Amount, prepaid=Amount, asked=Amount, request=_Request | None, cash_discounts=many(_Discount),
    files=many(_File),
)  # fmt: skip
CustomerName = model("CustomerName", id=str, number=str, name=str, kind=str, doc="`kind`: business or consumer.")
May = model("May", accept=bool, decline=bool, comment=bool, pay=bool, extend=bool, new_offer=bool)
Document = model(
    "Document", _ENTRY, details=_Details, payment_details=PaymentDetails | None, content=component("DocumentData"),
    customer=CustomerName | None, related=many(Entry), selection=SelectionTotals | None, may=May,
    forward_to=many(model("Acceptor", id=str, name=str, function=str)),
)  # fmt: skip
_Owed = model(
    "Owed",
    customer_id=str,
    currency=str,
    open=int,
    overdue=int,
    many=int,
    late=int,
    doc="Minor units; `many` documents, `late` of them.",
)
Overview = model(
    "Overview", owed=many(_Owed), due=many(Entry), latest=many(Entry), customers=many(CustomerName),
)  # fmt: skip
_Section = model("PortalSection", name=str, label=str, path=str, waiting=str, action=str, action_path=str, count=int)
_Session = model(
    "PortalSession", id=str, kind=str, subject=str | None, name=str | None, email=str | None, language=str, contact_id=str | None,
    customers=list[str],
    document_id=str | None, draft_id=str | None, rights=list[str], accepts=list[str] | None, sees=dict[str, list[str]] | None,
    expires_at=str, ends_at=str | None, seen_at=str | None, sections=many(_Section),
)  # fmt: skip
_Type = model("TypeRights", can_print=bool, can_comment=bool, can_accept=bool, can_pay=bool)
_Link = model("FooterLink", label=str, url=str)
_Merchant = model(
    "PortalMerchant", id=str, slug=str, name=str, language=str, time_zone=str, accent=str, email=str, phone=str, logo=str,
    logo_type=str, types=by_name(_Type), view=str, payments=bool, reset=bool, decline_reasons=list[str], footer=many(_Link),
)  # fmt: skip
Session = model("SessionOfPortal", session=_Session, merchant=_Merchant)
