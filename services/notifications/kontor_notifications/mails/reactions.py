"""Which facts lead to which mails. Handlers write rows in the inbox's transaction and call nobody."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import ChallengeIssued, ContactInvited
from kontor.payments.v1.payments_pb2 import PaymentFailed, PaymentPending, PaymentSucceeded
from kontor_bus import Envelope, Poison
from kontor_notifications.copies import queries as copies
from kontor_notifications.mails.queue import NO_ADDRESS, Queue
from kontor_notifications.mails.recipients import Recipient, for_type, is_address, recipient_of, recipients
from kontor_notifications.models import Mail
from kontor_notifications.templates import kinds, syntax
from kontor_notifications.words import language_of

# Booked by the merchant's own people or programs: the customer need not be told what they did themselves.
_SEEN_ON_THE_PAGE = frozenset({"card_declined", "authentication_failed"})
_BOOKED_BY_MERCHANT = frozenset({"erp", "staff"})
_BULK = 1


class Reactions:
    """The handlers, by the fact they answer."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def document_shared(self, session: AsyncSession, event: DocumentShared, envelope: Envelope) -> None:
        document = event.document
        merchant = await copies.merchant(session, document.merchant_id)
        customer = await copies.customer(session, document.customer_id)
        found = recipients(document, customer, merchant)
        for recipient in found or [Recipient("", language_of(customer.language, merchant.language))]:
            await self._share(session, self._about(document, recipient), document.type)

    async def _share(self, session: AsyncSession, mail: Mail, document_type: str) -> None:
        refused = NO_ADDRESS if not mail.recipient else _own_words_error(mail, document_type)
        if refused:
            self._queue.add_failed(session, mail, refused)
        elif mail.own_subject or mail.own_text:
            self._queue.add(session, mail)
        else:
            await self._queue.bundle(session, mail)

    def _about(self, document: Document, recipient: Recipient) -> Mail:
        return self._queue.draft(
            UUID(document.merchant_id),
            kinds.SHARED,
            recipient,
            lane=_BULK,
            customer_id=UUID(document.customer_id),
            document_ids=[UUID(document.id)],
            document_number=document.number,
            own_subject=document.share_subject,
            own_text=document.share_text,
        )

    async def contact_invited(self, session: AsyncSession, event: ContactInvited, envelope: Envelope) -> None:
        contact = next((one for one in event.customer.contacts if one.id == event.contact_id), None)
        if contact is None or not is_address(contact.email):
            return
        merchant = await copies.merchant(session, event.customer.merchant_id)
        mail = self._queue.draft(
            UUID(event.customer.merchant_id),
            kinds.INVITATION,
            recipient_of(contact.email, event.customer, merchant),
            customer_id=UUID(event.customer.id),
            reference_id=UUID(event.invitation_id),
            expires_at=_moment(event.expires_at),
        )
        self._queue.add(session, mail)

    async def challenge_issued(self, session: AsyncSession, event: ChallengeIssued, envelope: Envelope) -> None:
        challenge = event.challenge
        if challenge.kind not in kinds.CHALLENGES:
            raise Poison(f"there is no mail for a challenge of the kind {challenge.kind}")
        merchant = await copies.merchant(session, challenge.merchant_id)
        language = language_of(challenge.language, merchant.language)
        mail = self._queue.draft(
            UUID(challenge.merchant_id),
            challenge.kind,
            Recipient(challenge.email, language, challenge.name),
            customer_id=_uuid(challenge.customer_id),
            reference_id=UUID(challenge.id),
            expires_at=_moment(challenge.expires_at),
        )
        self._queue.add(session, mail)

    async def payment_succeeded(self, session: AsyncSession, event: PaymentSucceeded, envelope: Envelope) -> None:
        await self._payment(session, "payment_received", event)

    async def payment_pending(self, session: AsyncSession, event: PaymentPending, envelope: Envelope) -> None:
        await self._payment(session, "payment_pending", event)

    async def payment_failed(self, session: AsyncSession, event: PaymentFailed, envelope: Envelope) -> None:
        # Who is refused on the provider's page reads it there; a debit that comes back days later is news.
        if event.payment.failure not in _SEEN_ON_THE_PAGE:
            await self._payment(session, "payment_failed", event)

    async def _payment(self, session: AsyncSession, kind: str, event: Any) -> None:
        """To whom invoices go. Only for payments that came through the portal."""
        receivable, payment = event.receivable, event.payment
        if payment.provider in _BOOKED_BY_MERCHANT or not receivable.customer_id:
            return
        merchant = await copies.merchant(session, receivable.merchant_id)
        customer = await copies.customer(session, receivable.customer_id)
        for recipient in for_type("invoice", customer, merchant):
            mail = self._queue.draft(
                UUID(receivable.merchant_id),
                kind,
                recipient,
                customer_id=UUID(receivable.customer_id),
                document_ids=[UUID(receivable.document_id)],
                document_number=receivable.document_number,
                data={
                    "amount_minor": payment.amount_minor,
                    "currency": payment.currency or receivable.currency,
                    "method": payment.method,
                    "expected_on": receivable.expected_on if kind == "payment_pending" else "",
                    "failure": payment.failure,
                    "open_minor": receivable.open_minor,
                },
            )
            self._queue.add(session, mail)


def _own_words_error(mail: Mail, document_type: str) -> str:
    """What stands against staff's own words for this share."""
    if not (mail.own_subject or mail.own_text):
        return ""
    try:
        syntax.check(kinds.template_kind(kinds.SHARED, document_type), mail.own_subject or "-", mail.own_text or "-")
    except syntax.TemplateInvalid as invalid:
        return invalid.detail
    return ""


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None


def _moment(stamp: Timestamp) -> datetime | None:
    return stamp.ToDatetime(UTC) if stamp.seconds else None
