"""From an event to the mails it leads to. Handlers write rows in the inbox's transaction and call nobody."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_bus import Effects, Envelope
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NotSent, refusal
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.kinds import kinds, text_of
from kontor_notifications.mails.queue import Queue
from kontor_notifications.mails.recipients import Recipient, members_or_contact, staff_recipients
from kontor_notifications.models import Mail
from kontor_notifications.templates import syntax
from kontor_service.i18n import language_of

Handler = Callable[[AsyncSession, Any, Envelope], Any]


def consumers_of_kinds(queue: Queue) -> list[Effects]:
    """One for mails that somebody waits for, one for those that come in thousands."""
    return [
        Effects("notifications.mails", _handlers(queue, bulk=False)),
        Effects("notifications.bulk_mails", _handlers(queue, bulk=True), lane="bulk"),
    ]


def _handlers(queue: Queue, *, bulk: bool) -> dict[type[Message], Handler]:
    by_trigger: dict[type[Message], list[MailKind]] = defaultdict(list)
    for kind in kinds().values():
        if kind.trigger is not None and kind.bulk is bulk:
            by_trigger[kind.trigger].append(kind)
    return {trigger: _handler(queue, found) for trigger, found in by_trigger.items()}


def _handler(queue: Queue, found: list[MailKind]) -> Handler:
    async def handle(session: AsyncSession, event: Any, envelope: Envelope) -> None:
        assert envelope.merchant_id is not None, "every event that leads to a mail is a merchant's"
        for kind in found:
            occasion = kind.occasion(event)
            if occasion is not None:
                for mail in await drafts(session, queue, kind, event, envelope.merchant_id, occasion):
                    await _add(session, queue, kind, mail, occasion)

    return handle


async def drafts(
    session: AsyncSession, queue: Queue, kind: MailKind, event: Any, merchant_id: UUID, occasion: Occasion
) -> list[Mail]:
    """One for each recipient."""
    merchant = await copies.get(session, Merchant, merchant_id)
    customer = await copies.get(session, Customer, occasion.customer_id) if occasion.customer_id else Customer()
    if kind.to_staff:
        found = await _staff(session, kind, event, merchant, occasion)
    else:
        found = kind.recipients(event, customer, merchant)
    if not found and kind.logs_unreachable:
        found = [Recipient("", language_of(customer.language, merchant.language))]
    due, lane = datetime.now(UTC) + kind.delay, 1 if kind.bulk else 0
    return [
        queue.draft(merchant_id, kind.name, recipient, lane=lane, next_attempt_at=due, **occasion.model_dump())
        for recipient in found
    ]


async def _staff(
    session: AsyncSession, kind: MailKind, event: Any, merchant: Merchant, occasion: Occasion
) -> list[Recipient]:
    if kind.staff_right:
        return members_or_contact(await copies.staff_with(session, kind.staff_right), merchant)
    # The copy may not yet know what a document's own event says.
    about = getattr(event, "document", None)
    known = [about] if about is not None else await copies.documents(session, occasion.document_ids)
    return staff_recipients(known, merchant)


async def _add(session: AsyncSession, queue: Queue, kind: MailKind, mail: Mail, occasion: Occasion) -> None:
    own_words = bool(mail.own_subject or mail.own_text)
    refused = NotSent(MailError.NO_ADDRESS) if not mail.recipient else _fault_in(occasion) if own_words else None
    if refused:
        queue.add_failed(session, mail, refused)
    elif kind.shares_documents and not own_words:
        await queue.bundle(session, mail)
    elif kind.digest:
        mail.collects = f"{kind.name} {mail.document_ids[0]}"
        await queue.bundle(session, mail)
    else:
        queue.add(session, mail)


def _fault_in(occasion: Occasion) -> NotSent | None:
    """What is wrong with staff's own words for this sending."""
    try:
        syntax.check(text_of(occasion.text), occasion.own_subject or "-", occasion.own_text or "-")
    except syntax.TemplateInvalid as invalid:
        return refusal(invalid)
    return None
