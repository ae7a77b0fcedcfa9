"""Domain → contract, and what payments publishes."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from sqlalchemy import and_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.disputes.models import Dispute
from kontor_payments.methods.models import SavedMethod
from kontor_payments.models import Connection, IncomingPayment, Payment, Receivable, Refund
from kontor_payments.payouts.models import Payout
from kontor_payments.statements.models import BankStatement, StatementEntry
from kontor_payments.trees.models import TreePlanting
from kontor_service.aggregates import Published
from kontor_service.events import state_of


def receivable_state(row: Receivable) -> pb.Receivable:
    return state_of(pb.Receivable, row)


def refund_state(row: Refund) -> pb.Refund:
    return state_of(
        pb.Refund, row, requested_at=row.created_at, reference=row.provider_reference,
    )  # fmt: skip


def refund_data(row: Refund) -> dict[str, Any]:
    """The contract's Refund as JSON, as a payment's row keeps it."""
    return MessageToDict(refund_state(row), preserving_proto_field_name=True)


def payment_state(row: Payment, receivable: Receivable) -> pb.Payment:
    return state_of(
        pb.Payment,
        row,
        refunds=[ParseDict(refund, pb.Refund()) for refund in row.refunds],
        document_id=receivable.document_id,
        document_number=receivable.document_number,
        customer_id=receivable.customer_id,
    )


async def _payment_states(session: AsyncSession, rows: Sequence[Payment]) -> list[pb.Payment]:
    query = select(Receivable).where(col(Receivable.id).in_({row.receivable_id for row in rows}))
    receivables = {receivable.id: receivable for receivable in await session.exec(query)}
    return [payment_state(row, receivables[row.receivable_id]) for row in rows]


def dispute_state(row: Dispute, receivable: Receivable) -> pb.Dispute:
    return state_of(
        pb.Dispute,
        row,
        document_id=receivable.document_id,
        document_number=receivable.document_number,
        customer_id=receivable.customer_id,
    )


async def _dispute_states(session: AsyncSession, rows: Sequence[Dispute]) -> list[pb.Dispute]:
    query = select(Receivable).where(col(Receivable.id).in_({row.receivable_id for row in rows}))
    receivables = {receivable.id: receivable for receivable in await session.exec(query)}
    return [dispute_state(row, receivables[row.receivable_id]) for row in rows]


AGGREGATES = (
    Published(Receivable, pb.Receivable, order="document_id"),
    Published(Payment, pb.Payment, _payment_states),
    Published(IncomingPayment, pb.IncomingPayment, only=col(IncomingPayment.waited).is_(True)),
    Published(Dispute, pb.Dispute, _dispute_states),
    Published(Payout, pb.Payout),
    Published(TreePlanting, pb.TreePlanting),
    # Nobody connects the sandbox: it is simply there.
    Published(Connection, pb.Connection, only=col(Connection.provider) != "sandbox"),
    # Nobody is told of what was only begun.
    Published(SavedMethod, pb.SavedMethod, only=col(SavedMethod.saved_at).is_not(None)),
    Published(BankStatement, pb.BankStatement),
    # What the merchant pays is nobody's business, and what is new is told with its proposal.
    Published(
        StatementEntry,
        pb.StatementEntry,
        only=and_(col(StatementEntry.version) > 1, col(StatementEntry.state) != "outgoing"),
    ),
)
