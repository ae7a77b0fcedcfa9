"""A provider no longer has a saved method: it was deleted there, its mandate was revoked, or a charge of it was refused for that."""

from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import SavedMethodEnd
from kontor_payments.dependencies import Dependencies
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.rules import CHARGEABLE
from kontor_payments.methods.service import end_and_tell, methods_of
from kontor_payments.models import Checkout


async def end_gone_method(session: AsyncSession, connection_id: UUID, token: str) -> None:
    """`token` is the provider's id of it. What is unknown here, or has ended, stays as it is; a charge on its way goes on."""
    query = select(SavedMethod).where(SavedMethod.connection_id == connection_id, SavedMethod.token == token)
    for known in await session.exec(query):
        rows = await methods_of(session, known.customer_id)
        row = next(one for one in rows if one.id == known.id)
        if row.state in CHARGEABLE:
            await end_and_tell(session, row, rows, SavedMethodEnd.GONE)


async def end_method_of_charge(deps: Dependencies, charge: Checkout) -> None:
    """The provider refused this charge because it no longer has the method."""
    async with deps.db.transaction(charge.merchant_id) as session:
        query = select(SavedMethod.token).where(SavedMethod.id == charge.saved_method_id)
        await end_gone_method(session, charge.connection_id, (await session.exec(query)).one())
