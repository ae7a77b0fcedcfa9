"""What documents does when something happened: a table of contents."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Effects, Envelope
from kontor_documents.copies import queries as copies
from kontor_documents.dependencies import Dependencies
from kontor_documents.intake import service as intake
from kontor_documents.release.waiting import look_again


def consumers(deps: Dependencies) -> list[Effects]:
    async def process(session: AsyncSession, fact: documents.SubmissionReceived, _: Envelope) -> None:
        await intake.process(deps, UUID(fact.submission.merchant_id), UUID(fact.submission.id))

    async def follow_merchant(session: AsyncSession, fact: Any, _: Envelope) -> None:
        if await copies.keep_merchant(session, fact.merchant):
            await look_again(session)

    async def follow_customer(session: AsyncSession, fact: Any, _: Envelope) -> None:
        state: identity.Customer = fact.customer
        await copies.hold_back_documents(session, UUID(state.merchant_id))
        if await copies.keep_customer(session, state):
            await intake.unpark(session, state.number)
            await look_again(session, customer_id=UUID(state.id), number=state.number)

    return [
        Effects("documents.intake", {documents.SubmissionReceived: process}),
        Effects(
            "documents.merchants",
            {
                identity.MerchantRegistered: follow_merchant,
                identity.MerchantSettingsChanged: follow_merchant,
                identity.MerchantSnapshot: follow_merchant,
            },
        ),
        Effects(
            "documents.customers",
            {
                identity.CustomerCreated: follow_customer,
                identity.CustomerChanged: follow_customer,
                identity.ContactInvited: follow_customer,
                identity.ContactAccessRevoked: follow_customer,
                identity.CustomerSnapshot: follow_customer,
            },
        ),
    ]
