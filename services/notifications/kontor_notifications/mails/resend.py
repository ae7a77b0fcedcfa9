"""Sending a mail again, where needed to another address (H5)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.copies import queries as copies
from kontor_notifications.kinds import kinds
from kontor_notifications.mails.finished import MailUnknown, as_it_would_go
from kontor_notifications.mails.queue import Queue
from kontor_notifications.mails.recipients import Recipient, is_address, recipient_of
from kontor_notifications.models import Mail
from kontor_notifications.settings import Settings
from kontor_service.errors import Conflict, Invalid
from kontor_service.i18n import N_, language_of

NotRepeatable = Conflict.named("mail_not_repeatable", N_("This mail cannot be sent again."))
AddressInvalid = Invalid.named("address_invalid", N_("This e-mail address is not valid. Example: name@example.com."))


async def resend(
    session: AsyncSession, settings: Settings, queue: Queue, mail_id: UUID, address: str | None, subject: str, text: str
) -> Mail:
    """Queues a new mail of the same content, or with other words (empty: those it had).

    If the first one reached another address, the links it carried end before the new one goes out. Raises MailUnknown,
    NotRepeatable, AddressInvalid, TemplateInvalid (naming field and placeholder), NotSendable.
    """
    first = await session.get(Mail, mail_id)
    if first is None:
        raise MailUnknown(mail_id=mail_id)
    if kinds()[first.kind].security:
        raise NotRepeatable(N_("Short-lived links and codes are requested again by the person who needs them."))
    recipient = await _recipient(session, first, (address or first.recipient).strip())
    before = await _own_words(session, first)
    mail = queue.draft(
        first.merchant_id,
        first.kind,
        recipient,
        customer_id=first.customer_id,
        document_ids=first.document_ids,
        document_number=first.document_number,
        reference_id=first.reference_id,
        data=first.data,
        own_subject=subject or before[0],
        own_text=text or before[1],
        expires_at=first.expires_at,
        resend_of=first.id,
        renew_links=first.state in ("sent", "bounced") and recipient.email.casefold() != first.recipient.casefold(),
    )
    if mail.own_subject or mail.own_text:
        await as_it_would_go(session, settings, mail)
    queue.add(session, mail)
    return mail


async def _own_words(session: AsyncSession, first: Mail) -> tuple[str, str]:
    """What staff wrote for it, which it knows until it is sent; else for the document's last sharing."""
    if first.own_subject or first.own_text:
        return first.own_subject, first.own_text
    if not kinds()[first.kind].shares_documents or len(first.document_ids) != 1:
        return "", ""
    found = await copies.documents(session, first.document_ids)
    return (found[0].share_subject, found[0].share_text) if found else ("", "")


async def _recipient(session: AsyncSession, first: Mail, address: str) -> Recipient:
    if not is_address(address):
        raise AddressInvalid(field="recipient")
    if address.casefold() == first.recipient.casefold():
        return Recipient(first.recipient, language_of(first.language), first.name, first.contact_id)
    if first.customer_id is None:
        return Recipient(address, language_of(first.language))
    merchant = await copies.get(session, Merchant, first.merchant_id)
    return recipient_of(address, await copies.get(session, Customer, first.customer_id), merchant)
