"""What was written on a document, for the other side to read: several within minutes in one mail."""

from datetime import UTC, date, datetime, time
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Comment, CommentAdded, Document
from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NoLongerNeeded
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.links import StaffLink
from kontor_notifications.mails.recipients import for_type
from kontor_notifications.models import Mail
from kontor_notifications.placeholders import BLOCK, fields_of, word
from kontor_notifications.placeholders.documents import document_fields
from kontor_notifications.placeholders.people import link
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Entries, Entry
from kontor_service.events import instant
from kontor_service.formats import moment
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

# The page behind the link has the rest.
_LONGEST_EXCERPT = 1_500


def _by_customer(comment: Comment) -> bool:
    return bool(comment.author_kind == CommentAuthor.CUSTOMER)


def _occasion(event: CommentAdded, *, by_customer: bool) -> Occasion | None:
    comment = event.comment
    if _by_customer(comment) is not by_customer:
        return None
    return Occasion(
        customer_id=comment.customer_id, document_ids=[comment.document_id], document_number=comment.document_number,
        data={"first": comment.id, "number": comment.number, "by_customer": by_customer},
    )  # fmt: skip


async def _unread_comments(session: AsyncSession, mail: Mail) -> list[Comment]:
    """What was written since the mail was queued and is still to be read. Raises NoLongerNeeded."""
    data = mail.data or {}
    await copies.get(session, Comment, data["first"])
    found = await copies.comments(session, mail.document_ids[0], data["number"])
    unread = [one for one in found if _by_customer(one) is data["by_customer"] and not one.HasField("read_at")]
    if not unread:
        raise NoLongerNeeded(MailError.COMMENTS_READ)
    return unread


def _entry(comment: Comment, facts: Facts) -> Entry:
    text = comment.text if len(comment.text) <= _LONGEST_EXCERPT else comment.text[:_LONGEST_EXCERPT].rstrip() + " …"
    names = ", ".join(file.name for file in comment.files)
    return Entry(
        title=comment.author_name or facts.merchant.name,
        details=moment(comment.created_at.ToDatetime(UTC), facts.language, facts.zone),
        text="\n".join(part for part in (text, _("Attached: %(files)s", files=names) if names else "") if part),
    )


def _sample(today: date, _document: Document) -> list[Comment]:
    at = instant(datetime.combine(today, time(9, 30), UTC))
    return [Comment(author_name="Kim Berger", text=_("Could you come on Tuesday instead?"), created_at=at)]


_COMMENTS = (
    *document_fields(),
    word(
        "Comments",
        N_("What was written, with name and time"),
        lambda f: Entries(tuple(_entry(one, f) for one in f.data)),
        "Kommentare",
        form=BLOCK,
    ),
    fields_of("Comments", "Kommentare")("count", N_("Number of comments"), lambda f: str(len(f.data)), "anzahl"),
)

_comment = partial(MailKind, trigger=CommentAdded, load=_unread_comments, sample=_sample, documents=1, digest=True)

KINDS = (
    _comment(
        name="comment_to_customer",
        label=N_("Comment"),
        occasion=partial(_occasion, by_customer=False),
        recipients=lambda event, customer, merchant: for_type(event.comment.document_type, customer, merchant),
        own_placeholders=_COMMENTS,
        words=(
            N_("A message from [Company.name] about your [Document.type] [Document.number]"),
            N_("We have written to you about your [Document.type] [Document.number]:"),
            "[Comments]",
            "[PORTAL][Document.customerportal_url]",
            N_("The link opens the document without logging in. Please keep it to yourself.[/PORTAL]"),
            N_("To answer, simply reply to this email."),
        ),
    ),
    _comment(
        name="comment_to_staff",
        label=N_("Comment of a customer"),
        occasion=partial(_occasion, by_customer=True),
        to_staff=True,
        links=StaffLink(),
        own_placeholders=(*(one for one in _COMMENTS if one.name != "Link"), link(N_("Answer"))),
        words=(
            N_("[Client.name] has written about [Document.type] [Document.number]"),
            N_("[Client.name] has written about [Document.type] [Document.number]:"),
            "[Comments]",
            "[Link]",
        ),
    ),
)
