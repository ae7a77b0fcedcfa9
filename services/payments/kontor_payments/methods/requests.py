"""What the provider is told when it is to charge a saved method."""

from sqlmodel import select

from kontor_payments.dependencies import Dependencies
from kontor_payments.methods.models import SavedMethod
from kontor_payments.models import Checkout
from kontor_payments.providers.protocol import ChargeRequest


async def charge_request(deps: Dependencies, checkout: Checkout) -> ChargeRequest:
    """The same each time, so that the provider knows it again."""
    async with deps.db.transaction(checkout.merchant_id) as session:
        query = select(SavedMethod).where(SavedMethod.id == checkout.saved_method_id)
        method = (await session.exec(query)).one()
    return ChargeRequest(
        amount_minor=checkout.amount_minor, currency=checkout.currency, reference=str(checkout.id),
        customer_id=method.provider_customer, method_id=method.token, description=checkout.request["description"],
        return_url=checkout.request["return_url"],
    )  # fmt: skip
