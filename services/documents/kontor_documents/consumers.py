"""What documents does when something happened: a table of contents."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Copy, Effects, Envelope
from kontor_documents import copies
from kontor_documents.dependencies import Dependencies
from kontor_documents.intake import service as intake
from kontor_documents.models import Customer, Merchant
from kontor_documents.release.waiting import note_waiting
from kontor_service.copies import Copied, copy_consumer


async def _merchant_changed(session: AsyncSession, _: Merchant) -> None:
    await note_waiting(session)


async def _customer_changed(session: AsyncSession, customer: Customer) -> None:
    await intake.unpark(session, customer.number)
    await note_waiting(session, customer_id=customer.id, number=customer.number)


# Both note waiting documents: under one lock, so that two that note the same do not wait for each other crosswise.
MERCHANTS = Copied(Merchant, identity.Merchant, before=copies.hold_back_documents, on_newer=_merchant_changed)
CUSTOMERS = Copied(
    Customer,
    identity.Customer,
    copies.customer_columns,
    before=copies.hold_back_documents,
    on_newer=_customer_changed,
)


def consumers(deps: Dependencies) -> list[Copy | Effects]:
    async def process(session: AsyncSession, fact: documents.SubmissionReceived, _: Envelope) -> None:
        await intake.process(deps, UUID(fact.submission.merchant_id), UUID(fact.submission.id))

    return [
        Effects("documents.intake", {documents.SubmissionReceived: process}),
        copy_consumer("documents.merchants", deps.db, MERCHANTS),
        copy_consumer("documents.customers", deps.db, CUSTOMERS),
    ]
