"""What the admin's JSON says of who asks, the board and customers."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor.notifications.v1 import notifications_pb2
from kontor_documents_pages.admin.answers import Entry, QuotesOnBoard, Waiting
from kontor_edge.described import fields, listed, many, model, state_model
from kontor_meters_pages.admin import answers as meters
from kontor_payments_pages.admin import answers as payments

_COUNTS = dict[str, int]
Session = model(
    "StaffSession", name=str, email=str, role=str, rights=list[str], language=str, merchant=state_model(identity_pb2.Merchant),
    today=str, waiting=int, counts=_COUNTS,
)  # fmt: skip

_Sums = many(model("Sum", currency=str, minor=int, many=int))
_TEXT = (str | None, None)
_ABOUT = "state currency method failure document_id number customer receivable type recipient subject file message_id"
_Activity = model(
    "Activity", dict.fromkeys(_ABOUT.split(), _TEXT), kind=str, at=str, minor=(int | None, None), params=(dict[str, str] | None, None),
    doc="What happened: a payment, a document `opened` or `shared`, a mail that failed, a file that was `rejected`.",
)  # fmt: skip
_Questions = many(model(
    "QuestionOnBoard", document_id=str, since=str, count=int, comment=state_model(documents_pb2.Comment), document=dict[str, Any],
    customer=(str | None, None), doc="A document with comments of a customer that nobody has answered, and the last of them.",
))  # fmt: skip
Board = model(
    "Board", open=_Sums, late=_Sums, pending=_Sums, paid=_Sums, oldest_late_days=int, expected=str | None, unread=int, groups=_COUNTS,
    problems=many(Waiting), activity=many(_Activity), steps=list[tuple[str, bool]],
    panels=model(
        "BoardPanels", meters=(meters.OnBoard | None, None), payments=(payments.OnBoard | None, None),
        statements=(payments.StatementsOnBoard | None, None),
        disputes=(payments.DisputesOnBoard | None, None),
        connections=(payments.RefusedConnections | None, None),
        settings=(model("TextsToReview", since=str) | None, None),
        questions=(_Questions | None, None), quotes=(QuotesOnBoard | None, None),
        mails=(
            model("MailsToAssign", many=int, mails=many(state_model(notifications_pb2.IncomingMail)), doc="Incoming, oldest first.") | None,
            None,
        ),
    ),
)  # fmt: skip

_BRIEF = fields(identity_pb2.Customer, "id number name kind email portal_access")
Customers = listed(
    "Customers", model("CustomerBrief", _BRIEF, city=str, contacts=int, active=int, invited=int), total=int
)
_Owed = model("Owed", currency=str, open_minor=int, pending_minor=int, late_minor=int)
Customer = model(
    "CustomerPage", data=state_model(identity_pb2.Customer), owed=many(_Owed), link=state_model(identity_pb2.Link) | None,
    latest=many(Entry), documents=int, panels=model(
        "CustomerPanels", meters=(meters.OfCustomer | None, None), payments=(payments.OfCustomer | None, None),
        saved_methods=(payments.SavedMethods | None, None),
    ),
)  # fmt: skip
