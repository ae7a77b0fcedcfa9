"""A receivable under its row lock, with its payments and ledger: the one place that writes figures and events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from google.protobuf.message import Message
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_bus import record
from kontor_payments import events
from kontor_payments.connections.offer import Offer, load_offer
from kontor_payments.errors import PaymentNotFound
from kontor_payments.models import Booking, Payment, Receivable
from kontor_payments.receivables import rules
from kontor_payments.receivables.ledger import Posting
from kontor_payments.receivables.locks import lock_with_notes, locked
from kontor_payments.receivables.reminders import repeat_figures
from kontor_payments.receivables.rules import Position
from kontor_service.clock import Clock

Fact = Literal["pending", "succeeded", "failed", "refunded", "cancelled", "not_counted", "paid_out"]
_FACTS: dict[Fact, type[Message]] = {
    "pending": pb.PaymentPending,
    "succeeded": pb.PaymentSucceeded,
    "failed": pb.PaymentFailed,
    "refunded": pb.PaymentRefunded,
    "cancelled": pb.PaymentCancelled,
    "not_counted": pb.PaymentNotCounted,
    "paid_out": pb.CreditPaidOut,
}
# Whoever books by hand says on which day the money came.
_TOLD_WITH_THEIR_DAY = frozenset({"erp", "staff", "statement"})


@dataclass
class Account:
    """Collects what one transaction does to a receivable; `close()` writes figures, versions and events once."""

    session: AsyncSession
    row: Receivable
    clock: Clock
    offer: Offer
    payments: dict[UUID, Payment] = field(default_factory=dict)
    bookings: list[Booking] = field(default_factory=list)
    is_new: bool = False
    # Of the credit notes for this document, by their document's id: their receivables, and what they may reduce here.
    notes: dict[str, Receivable] = field(default_factory=dict)
    _available: dict[str, int] = field(default_factory=dict)
    _credited: dict[str, int] = field(default_factory=dict)
    _before: bytes = b""
    _new_payments: set[UUID] = field(default_factory=set)
    _changed_payments: set[UUID] = field(default_factory=set)
    _told: list[Message] = field(default_factory=list)
    _alone: list[Message] = field(default_factory=list)
    _facts: list[tuple[Fact, Payment, dict[str, Message]]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        """The business date at the merchant."""
        return self.clock.today(self.offer.time_zone)

    @property
    def terms(self) -> rules.Terms:
        row = self.row
        steps = (
            rules.DiscountStep(date.fromisoformat(step["until"]), step["payable_minor"], step.get("percent", ""))
            for step in row.asked_discounts
        )
        asked = rules.Terms(row.asked_minor, tuple(steps), row.cancelled, row.payment_means == "direct_debit")
        return rules.after_credit(asked, self._offset(asked))

    def _offset(self, asked: rules.Terms) -> int:
        """The part of the credit notes' sum that reduces what this document asks for."""
        notes, before = sum(self._available.values()), sum(self._credited.values())
        if not self.row.credit_notes or not self.offer.offsets:
            return rules.settling(asked, self.positions(), min(notes, before))
        return rules.offset(asked, self.positions(), notes, before)

    def _credits(self) -> list[dict[str, Any]]:
        """By how much each credit note reduces this invoice, oldest note first. What a note has left goes to the next invoice that it
        names, or back to the customer."""
        left, found = self.row.asked_minor - self.terms.due_minor, []
        for note in self.row.credit_notes:
            amount = min(left, self._available.get(note["document_id"], 0))
            left -= amount
            if amount:
                found.append(note | {"amount_minor": amount})
        return found

    async def load_notes(self) -> None:
        """Locks the receivables of the credit notes. What other invoices have of them, or was paid out, is not available."""
        ids = [UUID(note["document_id"]) for note in self.row.credit_notes]
        query = locked(select(Receivable).where(col(Receivable.document_id).in_(ids)))
        rows = await self.session.exec(query) if ids else ()
        self.notes = {str(row.document_id): row for row in rows}
        self._credited = {credit["document_id"]: credit["amount_minor"] for credit in self.row.credits}
        self._available = {
            id: max(0, row.credit_left_minor + self._credited.get(id, 0)) if not row.cancelled else 0
            for id, row in self.notes.items()
        }

    def counts(self, payment: Payment) -> bool:
        """Whether the payment is in the receivable's currency; otherwise its ledger stands beside the figures."""
        return payment.currency == self.row.currency

    def position(self, payment: Payment) -> Position:
        sums = {"pending": 0, "paid": 0, "refunding": 0, "refunded": 0}
        for booking in self.bookings:
            if booking.payment_id == payment.id:
                sums[booking.bucket] += booking.amount_minor
        return Position(payment.counts_on, list(self.payments).index(payment.id), **sums)

    def positions(self) -> list[Position]:
        return [self.position(payment) for payment in self.payments.values() if self.counts(payment)]

    def surplus(self, payment: Payment) -> int:
        """How much of the payment may go back without leaving anything open, in minor units of its own currency."""
        position = self.position(payment)
        if not self.counts(payment):
            return position.refundable
        return rules.to_refund(self.terms, self.positions(), position)

    def opened_by_refund(self, payment: Payment, amount_minor: int) -> int:
        """How much more would be unpaid if this much of the payment were given back."""
        if not self.counts(payment):
            return 0
        sequence, positions = self.position(payment).sequence, self.positions()
        after = [replace(p, refunded=p.refunded + amount_minor) if p.sequence == sequence else p for p in positions]
        return rules.standing(self.terms, after).unpaid_minor - rules.standing(self.terms, positions).unpaid_minor

    def figures(self) -> rules.Standing:
        return rules.standing(self.terms, self.positions())

    def payable(self, day: date | None = None) -> int:
        """What to pay on that day, or today, so that nothing stays open."""
        return rules.payable_on(self.terms, self.positions(), day or self.today)

    def add(self, payment: Payment) -> None:
        self.session.add(payment)
        self.payments[payment.id] = payment
        self._new_payments.add(payment.id)

    def post(self, payment: Payment, postings: Iterable[Posting], *, refund_id: UUID | None = None) -> None:
        """Adds to the ledger. The database refuses the same cause a second time."""
        self.changed(payment)
        for posting in postings:
            row = Booking(
                merchant_id=self.row.merchant_id, receivable_id=self.row.id, payment_id=payment.id, refund_id=refund_id,
                booked_at=self.now, **vars(posting),
            )  # fmt: skip
            self.session.add(row)
            self.bookings.append(row)

    def changed(self, payment: Payment) -> None:
        self._changed_payments.add(payment.id)

    def tell(self, event: Message) -> None:
        """An event about something beside the receivable and its payments, to be recorded with theirs."""
        self._told.append(event)

    def announce(self, fact: Fact, payment: Payment, **told: Message) -> None:
        """`told` is what the event says besides the receivable and the payment."""
        self._facts.append((fact, payment, told))

    def announce_alone(self, fact: Message) -> None:
        """A fact about the receivable that speaks of no payment."""
        self._alone.append(fact)

    async def close(self) -> Receivable:
        """Writes the figures, here and for reminders; if anything of it is news, one new version and the events."""
        return (await close_several([self]))[0]

    async def write(self) -> None:
        """The figures and the events, without those of reminders."""
        was = self.row.state
        self._write_figures()
        for payment_id in self._changed_payments | self._new_payments:
            payment = self.payments[payment_id]
            payment.left_minor = self.position(payment).refundable
            if payment_id not in self._new_payments:
                payment.touch()
        if self.is_new:
            self._record(pb.ReceivableOpened())
        elif (
            events.receivable_state(self.row).SerializeToString(deterministic=True) != self._before
            or self._facts
            or self._alone
        ):
            self.row.touch()
            if not self._facts and not self._alone:
                cancelled = self.row.state == ReceivableState.CANCELLED != was
                self._record(pb.ReceivableCancelled() if cancelled else pb.ReceivableChanged())
        for fact, payment, told in self._facts:
            self._record(_FACTS[fact](payment=events.payment_state(payment, self.row), **told))
        for alone in self._alone:
            self._record(alone)
        for payment_id in self._changed_payments | self._new_payments:
            state = events.payment_state(self.payments[payment_id], self.row)
            record(self.session, pb.PaymentRecorded(payment=state))
        for event in self._told:
            record(self.session, event)
        await self._offset_notes()

    async def _offset_notes(self) -> None:
        """Writes into each credit note how much of it this document has used up."""
        now = {credit["document_id"]: credit["amount_minor"] for credit in self.row.credits}
        for document_id in sorted(now.keys() | self._credited.keys()):
            more = now.get(document_id, 0) - self._credited.get(document_id, 0)
            if more:
                query = select(Receivable).where(Receivable.document_id == UUID(document_id)).with_for_update()
                note = self.notes.get(document_id) or (await self.session.exec(query)).one()
                note.offset_minor += more
                write_credit(note)
                note.touch()
                record(self.session, pb.ReceivableChanged(receivable=events.receivable_state(note)))
        self._credited = now

    def _record(self, message: Message) -> None:
        message.receivable.CopyFrom(events.receivable_state(self.row))  # type: ignore[attr-defined]
        record(self.session, message)

    def _write_figures(self) -> None:
        row = self.row
        if row.credit_minor:
            row.refunded_minor = sum(position.refunded for position in self.positions())
            write_credit(row)
            return
        row.credits = self._credits()
        figures = self.figures()
        if figures.state != ReceivableState.PAID:
            row.paid_at = None
        elif row.state != ReceivableState.PAID:
            row.paid_at = self._paid_at()
        for name in vars(figures).keys() & Receivable.model_fields.keys():
            setattr(row, name, getattr(figures, name))
        row.cash_discounts = [
            {"until": step.until.isoformat(), "percent": step.percent, "payable_minor": step.payable_minor}
            for step in rules.discounts_left(self.terms, self.positions())
        ]
        row.instalments = rules.instalments_left(row.asked_instalments, row.open_minor)
        row.methods = self.offer.methods(row)
        row.partial_minimum_minor = self.offer.partial_minimum_minor
        row.offer = self.offer.digest

    def _paid_at(self) -> datetime:
        """Now, or noon at the merchant on the day on which ERP or staff say the last money came."""
        moved = [self.payments[id] for id in self._changed_payments | self._new_payments]
        days = [payment.counts_on for payment in moved if payment.provider in _TOLD_WITH_THEIR_DAY]
        return self.moment_on(max(days)) if days and len(days) == len(moved) else self.now

    def moment_on(self, day: date) -> datetime:
        """Now if `day` is today, otherwise noon of that day in the merchant's time zone."""
        if day == self.today:
            return self.now
        return datetime.combine(day, time(12), ZoneInfo(self.offer.time_zone)).astimezone(UTC)


def write_credit(row: Receivable) -> None:
    """Works out what is left of a credit note, and its state from that."""
    row.credit_left_minor = 0 if row.cancelled else row.credit_minor - row.offset_minor - row.refunded_minor
    row.state = (
        ReceivableState.CANCELLED if row.cancelled
        else ReceivableState.CREDIT if row.credit_left_minor
        else ReceivableState.SETTLED
    )  # fmt: skip


async def lock(session: AsyncSession, receivable_id: UUID, clock: Clock) -> Account:
    """The account of a receivable that exists, for this transaction alone."""
    return (await lock_several(session, [receivable_id], clock))[0]


async def lock_several(session: AsyncSession, receivable_ids: Sequence[UUID], clock: Clock) -> list[Account]:
    """In the order of their documents; to be closed by `close_several`."""
    rows = [row for row in await lock_with_notes(session, receivable_ids) if row.id in receivable_ids]
    accounts = [Account(session, row, clock, await load_offer(session, row.merchant_id)) for row in rows]
    for account in accounts:
        await account.load_notes()
        account._before = events.receivable_state(account.row).SerializeToString(deterministic=True)
    await _load_ledgers(session, {account.row.id: account for account in accounts})
    return accounts


async def _load_ledgers(session: AsyncSession, accounts: dict[UUID, Account]) -> None:
    payments = await session.exec(
        select(Payment)
        .where(col(Payment.receivable_id).in_(accounts))
        .order_by(Payment.created_at, Payment.id)  # type: ignore[arg-type]
        .execution_options(populate_existing=True)
    )
    for payment in payments:
        accounts[payment.receivable_id].payments[payment.id] = payment
    if any(account.payments for account in accounts.values()):
        query = select(Booking).where(col(Booking.receivable_id).in_(accounts)).order_by(Booking.id)  # type: ignore[arg-type]
        for booking in await session.exec(query):
            accounts[booking.receivable_id].bookings.append(booking)


async def close_several(accounts: Sequence[Account]) -> list[Receivable]:
    """One after the other: what one takes of a credit note is not there for the next that the note names."""
    for account in accounts:
        if len(accounts) > 1:
            await account.load_notes()
        await account.write()
    rows = [account.row for account in accounts]
    if accounts:
        await repeat_figures(accounts[0].session, rows)
        await accounts[0].session.flush()
    return rows


async def lock_by_payment(session: AsyncSession, payment_id: UUID, clock: Clock) -> Account:
    """Raises PaymentNotFound."""
    found = (await session.exec(select(Payment.receivable_id).where(Payment.id == payment_id))).one_or_none()
    if found is None:
        raise PaymentNotFound
    return await lock(session, found, clock)


async def lock_by_document(session: AsyncSession, document_id: UUID, clock: Clock) -> Account | None:
    found = (await session.exec(select(Receivable.id).where(Receivable.document_id == document_id))).one_or_none()
    return await lock(session, found, clock) if found is not None else None
