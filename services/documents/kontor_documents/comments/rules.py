"""Who may write on a document, and until when a comment can be changed. Pure."""

from datetime import datetime, timedelta

from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor.identity.v1 import identity_pb2
from kontor_documents.comments.errors import CommentNotFound, CommentRead, CommentsNotAllowed, CommentTooOld
from kontor_documents.comments.models import Comment
from kontor_documents.errors import WrongState
from kontor_documents.models import Document
from kontor_documents.visibility import is_shown, settings_of

# A slip of the pen can be mended so long, and only while nobody on the other side has seen it.
CHANGE_MINUTES = 10


def check_allowed(document: Document, merchant: identity_pb2.Merchant | None) -> None:
    """Raises WrongState for what the customer does not have, CommentsNotAllowed by the merchant's settings of the type."""
    if document.state not in ("shared", "cancelled") or document.customer_id is None:
        raise WrongState
    if not (is_shown(document, merchant) and settings_of(document, merchant).can_comment):
        raise CommentsNotAllowed


def check_changeable(comment: Comment, author: str, now: datetime) -> None:
    """Raises CommentNotFound for everybody but its author, CommentRead, CommentTooOld."""
    if comment.deleted or comment.author != author:
        raise CommentNotFound
    if comment.read_at is not None:
        raise CommentRead
    if now - comment.created_at > timedelta(minutes=CHANGE_MINUTES):
        raise CommentTooOld(minutes=CHANGE_MINUTES)


def kind_of(author: str) -> CommentAuthor:
    """The side on which an author stands."""
    who = author.partition(":")[0]
    if who == "staff":
        return CommentAuthor.STAFF
    return CommentAuthor.CUSTOMER if who in ("contact", "customer", "link") else CommentAuthor.SYSTEM


def belongs_to(customer: identity_pb2.Customer | None, author: str) -> bool:
    """Whether an author that another service names is this customer, or one of its contact persons."""
    kind, _, id = author.partition(":")
    if customer is None:
        return False
    return id == customer.id if kind == "customer" else any(contact.id == id for contact in customer.contacts)
