"""What documents does when something happened: a table of contents."""

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.identity.v1 import identity_pb2 as identity
from kontor.payments.v1 import payments_pb2 as payments
from kontor_bus import Copy, Effects
from kontor_documents import copies
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import Customer, Merchant, StaffMember
from kontor_documents.quotes.payment import accept_paid_quotes
from kontor_documents.refunds.queue import note_refund
from kontor_documents.to_settle import note_customer, note_waiting
from kontor_service.copies import Copied, copy_consumer


async def _merchant_changed(session: AsyncSession, _: Merchant) -> None:
    await note_waiting(session)


async def _customer_changed(session: AsyncSession, customer: Customer) -> None:
    await note_customer(session, customer.id, customer.number)


# Both note waiting documents: under one lock, so that two that note the same do not wait for each other crosswise.
MERCHANTS = Copied(Merchant, identity.Merchant, before=copies.lock_customers, on_newer=_merchant_changed)
CUSTOMERS = Copied(
    Customer, identity.Customer, copies.customer_columns, before=copies.lock_customers, on_newer=_customer_changed
)
STAFF = Copied(StaffMember, identity.StaffMember)


def consumers(deps: Dependencies) -> list[Copy | Effects]:
    paid_quotes = accept_paid_quotes(deps)
    return [
        copy_consumer("documents.merchants", deps.db, MERCHANTS),
        copy_consumer("documents.customers", deps.db, CUSTOMERS),
        copy_consumer("documents.staff", deps.db, STAFF),
        Effects(
            "documents.paid-quotes",
            dict.fromkeys(
                (payments.PaymentPending, payments.PaymentSucceeded, payments.ReceivableChanged), paid_quotes
            ),
        ),
        Effects("documents.refunds", {payments.PaymentRefunded: note_refund}),
    ]
