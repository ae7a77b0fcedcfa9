"""What becomes of saved methods when the merchant's account at their provider is disconnected."""

from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import SavedMethodEnd, SavedMethodState
from kontor_payments.dependencies import Dependencies
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.rules import CHARGEABLE
from kontor_payments.methods.service import end_and_tell, methods_of
from kontor_payments.models import Connection


async def methods_at(session: AsyncSession, connection_id: UUID) -> int:
    """How many methods that can be charged are saved there."""
    query = select(func.count()).where(
        SavedMethod.connection_id == connection_id, col(SavedMethod.state).in_(CHARGEABLE)
    )
    return (await session.exec(query)).one()


async def end_methods_of_ended_connections(deps: Dependencies, merchant_id: UUID) -> None:
    """One transaction for each customer. What the provider keeps is deleted by the job, as long as there are keys."""
    left = select(SavedMethod.customer_id).join(Connection, col(Connection.id) == SavedMethod.connection_id)
    left = left.where(Connection.state == "ended", SavedMethod.state != SavedMethodState.ENDED).distinct()
    async with deps.db.transaction(merchant_id) as session:
        customers = list(await session.exec(left))
    for customer_id in customers:
        await _end(deps, merchant_id, customer_id)


async def _end(deps: Dependencies, merchant_id: UUID, customer_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        rows = await methods_of(session, customer_id)
        ended = set(await session.exec(select(Connection.id).where(Connection.state == "ended")))
        for row in rows:
            if row.connection_id in ended and row.state != SavedMethodState.ENDED:
                await end_and_tell(session, row, rows, SavedMethodEnd.DISCONNECTED)
