"""Mails about meter readings: asking for them, reminding of them, and sending back what cannot be right."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.meters.v1.meters_pb2 import (
    ReadingInvitation,
    ReadingInvitationReminded,
    ReadingInvitationSent,
    ReadingRejected,
)
from kontor_bus import Envelope
from kontor_notifications.copies import queries as copies
from kontor_notifications.mails.queue import NO_ADDRESS, Queue
from kontor_notifications.mails.recipients import Recipient, for_readings
from kontor_notifications.models import Mail
from kontor_notifications.templates import kinds
from kontor_notifications.words import language_of

# A campaign asks thousands at once, and nobody waits for it.
_BULK = 1
# The copy of the invitation arrives by another queue, as a rule within this time; the mail looks at it when it goes out.
_FOR_THE_COPY = timedelta(seconds=2)


class ReadingReactions:
    """The handlers, by the fact they answer."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def asked(self, session: AsyncSession, event: ReadingInvitationSent, envelope: Envelope) -> None:
        await self._ask(session, kinds.ASKED, event.invitation)

    async def reminded(self, session: AsyncSession, event: ReadingInvitationReminded, envelope: Envelope) -> None:
        await self._ask(session, kinds.REMINDED, event.invitation)

    async def rejected(self, session: AsyncSession, event: ReadingRejected, envelope: Envelope) -> None:
        """Only what the customer insisted on: everything else they have not been told is in question."""
        reading = event.reading
        if reading.source != "customer" or not reading.insisted or not reading.customer_id:
            return
        told = {
            "meter_number": reading.meter_number,
            "value": reading.value,
            "taken_at": reading.taken_at.ToDatetime(UTC).isoformat(),
            "reason": event.reason,
        }
        await self._each(session, kinds.REJECTED, reading, data=told)

    async def _ask(self, session: AsyncSession, kind: str, invitation: ReadingInvitation) -> None:
        due = datetime.now(UTC) + _FOR_THE_COPY
        await self._each(session, kind, invitation, reference_id=UUID(invitation.id), lane=_BULK, next_attempt_at=due)

    async def _each(self, session: AsyncSession, kind: str, state: Any, **values: Any) -> None:
        """A mail to each contact person who gets such mails, else to the customer."""
        merchant = await copies.merchant(session, state.merchant_id)
        customer = await copies.customer(session, state.customer_id)
        found = for_readings(customer, merchant)
        for recipient in found or [Recipient("", language_of(customer.language, merchant.language))]:
            mail: Mail = self._queue.draft(
                UUID(state.merchant_id), kind, recipient, customer_id=UUID(state.customer_id), **values
            )
            if mail.recipient:
                self._queue.add(session, mail)
            else:
                self._queue.add_failed(session, mail, NO_ADDRESS)
