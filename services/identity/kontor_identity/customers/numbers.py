"""A number once used by a customer is never given to another one.

Documents name their customer by number, and may be under way for long: one that arrives late must not find somebody
else under it.
"""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.models import Customer, CustomerNumber
from kontor_service.errors import Conflict
from kontor_service.i18n import N_

# `holder` says whose it was, and is: id, name and present number.
NumberUsed = Conflict.named("number_used", N_("Another customer has this number, or had it before."))


async def reserve_numbers(session: AsyncSession, customer: Customer, *numbers: str) -> None:
    """These are the customer's for ever; again as often as they like.

    To be called when the customer's row is written: whoever wants the same number waits there, and never in a circle.
    Raises NumberUsed.
    """
    for number in numbers:
        row = {"merchant_id": customer.merchant_id, "number": number, "customer_id": customer.id}
        await session.exec(insert(CustomerNumber).values(**row).on_conflict_do_nothing())
        query = (
            select(Customer)
            .join(CustomerNumber, col(CustomerNumber.customer_id) == Customer.id)
            .where(CustomerNumber.merchant_id == customer.merchant_id, CustomerNumber.number == number)
        )
        holder = (await session.exec(query)).one()
        if holder.id != customer.id:
            raise NumberUsed(
                N_("Customer number %(number)s was used by %(name)s, who now has %(present)s."),
                field="number",
                holder={"id": str(holder.id), "name": holder.name, "number": holder.number},
                number=number,
                name=holder.name,
                present=holder.number,
            )
