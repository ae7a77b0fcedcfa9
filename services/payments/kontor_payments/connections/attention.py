"""A provider no longer lets us act for a merchant's account: nothing is offered through it, and the merchant is told."""

from datetime import UTC, datetime

import structlog
from sqlmodel import select, update

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import ConnectionProblem
from kontor_bus import record
from kontor_payments.dependencies import Dependencies
from kontor_payments.models import Connection, Merchant
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_service.events import state_of

log = structlog.get_logger()


def access_lost(error: OutcomeUnknown | Refused) -> bool:
    """Whether the provider refuses every call, not this one: it may work again once the merchant has connected anew."""
    return isinstance(error, Refused) and ConnectionProblem.known(str(error)) is not None


async def note_refusal(deps: Dependencies, connection: Connection, error: OutcomeUnknown | Refused) -> None:
    """Marks the connection, tells of it once, and takes its methods off what is offered. Nothing may be locked."""
    if not access_lost(error):
        return
    async with deps.db.transaction(connection.merchant_id) as session:
        # The merchant first, as its copy does.
        await session.exec(update(Merchant).values(offer_pending=True))
        query = select(Connection).where(Connection.id == connection.id, Connection.problem == "")
        row = (await session.exec(query.with_for_update())).one_or_none()
        # With a new key meanwhile the refusal speaks of the one before.
        if row is None or row.credentials != connection.credentials:
            return
        row.problem, row.problem_at = str(error), datetime.now(UTC)
        row.touch()
        record(session, pb.ConnectionNeedsAttention(connection=state_of(pb.Connection, row)))
    log.error(
        "connection_needs_attention", connection_id=str(connection.id), provider=row.provider, problem=row.problem
    )
    deps.wake.set()
