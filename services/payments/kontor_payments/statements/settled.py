"""Entries for which nothing is open: the document is paid already, the payment was booked by somebody else, or it is a return."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, any_, literal, literal_column
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import MatchCertainty, MatchReason, PaymentProvider, PaymentState
from kontor_payments.models import Payment, Receivable
from kontor_payments.statements.matching import Proposal, Share
from kontor_payments.statements.models import StatementEntry
from kontor_payments.statements.numbers import fold, hits_in, possible_numbers

_BY_OTHERS = frozenset({PaymentProvider.ERP, PaymentProvider.STAFF})
# As the index receivable_plain_number has it.
_PLAIN: ColumnElement[str] = literal_column(
    "regexp_replace(upper(receivable.document_number), '[^A-Z0-9]', '', 'g')", Text
)


async def propose_settled(session: AsyncSession, rows: Sequence[StatementEntry]) -> dict[UUID, Proposal]:
    """By the ids of the entries for which there is something to say."""
    named = {row.id: possible_numbers(_written(row)) for row in rows}
    receivables = await _receivables(session, set().union(*named.values()))
    payments = await _payments(session, [one.id for found in receivables.values() for one in found])
    proposals = {}
    for row in rows:
        found = [one for number in named[row.id] for one in receivables.get(number, ()) if one.currency == row.currency]
        by_id = {one.id: one for one in found}
        proposal = _of_return(row, by_id, payments) if row.amount_minor < 0 else _of_payment(row, by_id, payments)
        if proposal is None and row.amount_minor < 0:
            proposal = await _of_payer(session, row)
        if proposal is not None:
            sure = _is_named_surely(row, proposal.shares[0])
            proposals[row.id] = proposal if sure else replace(proposal, certainty=MatchCertainty.TO_CHECK)
    return proposals


def _written(row: StatementEntry) -> str:
    return f"{row.text} | {row.reference} | {row.end_to_end_id}"


def _is_named_surely(row: StatementEntry, share: Share) -> bool:
    """Not by a number that may stand in the text by chance."""
    number = fold(share.document_number)
    return any(not hit.weak for hit in hits_in(_written(row), {number: share}, [len(number)]))


async def _receivables(session: AsyncSession, numbers: set[str]) -> dict[str, list[Receivable]]:
    found: dict[str, list[Receivable]] = defaultdict(list)
    if not numbers:
        return found
    query = select(_PLAIN, Receivable).where(
        any_(literal(sorted(numbers), ARRAY(Text))) == _PLAIN,
        col(Receivable.cancelled).is_(False),
        Receivable.credit_minor == 0,
    )
    for number, row in await session.exec(query):
        if not row.repeats_document_ids:
            found[number].append(row)
    return found


async def _payments(session: AsyncSession, receivable_ids: Sequence[UUID]) -> dict[UUID, list[Payment]]:
    """Those that no provider tells of, the latest first."""
    found: dict[UUID, list[Payment]] = defaultdict(list)
    query = select(Payment).where(
        col(Payment.receivable_id) == any_(literal(list(receivable_ids), ARRAY(Uuid))),
        col(Payment.connection_id).is_(None),
    )
    for payment in await session.exec(query.order_by(col(Payment.created_at).desc(), col(Payment.id))):
        found[payment.receivable_id].append(payment)
    return found


def _of_return(
    row: StatementEntry, receivables: dict[UUID, Receivable], payments: dict[UUID, list[Payment]]
) -> Proposal | None:
    amounts = {-row.original_minor, -row.amount_minor}
    found = [
        (receivables[id], payment) for id in receivables for payment in payments[id]
        if payment.state == PaymentState.SUCCEEDED and payment.amount_minor in amounts
    ]  # fmt: skip
    if not found:
        return None
    reasons = [MatchReason.NUMBER, MatchReason.RETURNED]
    if len(found) > 1:
        reasons.append(MatchReason.ONE_OF_SEVERAL)
    receivable, payment = found[0]
    certainty = MatchCertainty.CERTAIN if len(found) == 1 else MatchCertainty.TO_CHECK
    return Proposal(certainty, tuple(reasons), (_share(receivable, -payment.amount_minor, payment),))


def _of_payment(
    row: StatementEntry, receivables: dict[UUID, Receivable], payments: dict[UUID, list[Payment]]
) -> Proposal | None:
    """The ERP or staff were faster; else the document is paid, and this may be a second payment of it."""
    for receivable in receivables.values():
        alike = [p for p in payments[receivable.id] if p.amount_minor == row.amount_minor]
        by_others = [p for p in alike if p.provider in _BY_OTHERS and p.state == PaymentState.SUCCEEDED]
        counted = (PaymentState.SUCCEEDED, PaymentState.MATCHED)
        by_us = [p for p in alike if p.provider == PaymentProvider.STATEMENT and p.state in counted]
        if len(by_others) > len(by_us):
            reasons = (MatchReason.NUMBER, MatchReason.ALREADY_BOOKED)
            return Proposal(MatchCertainty.CERTAIN, reasons, (_share(receivable, row.amount_minor),))
    paid = list(receivables.values())
    if len(paid) != 1:
        return None
    reasons = (MatchReason.NUMBER, MatchReason.ALREADY_PAID)
    return Proposal(MatchCertainty.TO_CHECK, reasons, (_share(paid[0], row.amount_minor),))


async def _of_payer(session: AsyncSession, row: StatementEntry) -> Proposal | None:
    """A return that names no document: the last payment of this amount that came from the account."""
    if not row.iban:
        return None
    earlier = select(StatementEntry).where(
        StatementEntry.iban == row.iban, StatementEntry.state == "booked", StatementEntry.amount_minor == -row.original_minor
    )  # fmt: skip
    last = (await session.exec(earlier.order_by(col(StatementEntry.booked_on).desc()).limit(1))).first()
    if last is None or len(last.shares) != 1:
        return None
    share = last.shares[0]
    reasons = (MatchReason.ACCOUNT, MatchReason.RETURNED)
    found = Share(UUID(share["document_id"]), share["document_number"], -share["amount_minor"], share["payment_id"])
    return Proposal(MatchCertainty.TO_CHECK, reasons, (found,))


def _share(receivable: Receivable, amount_minor: int, payment: Payment | None = None) -> Share:
    return Share(receivable.document_id, receivable.document_number, amount_minor, str(payment.id) if payment else "")
