"""A quote whose acceptance asks for money counts as accepted when the money is promised or there."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType, QuoteOutcome
from kontor.payments.v1 import payments_pb2 as payments
from kontor_documents import queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import DocumentNotFound
from kontor_documents.models import Document
from kontor_documents.quotes.acceptance import mark_accepted
from kontor_documents.quotes.access import zone
from kontor_documents.quotes.evidence import last_evidence
from kontor_documents.quotes.rules import is_expired

# The last one where the money is there already when the quote is accepted once more, as after an amendment.
Paid = payments.PaymentPending | payments.PaymentSucceeded | payments.ReceivableChanged


def accept_paid_quotes(deps: Dependencies) -> Callable[[AsyncSession, Any, Any], Awaitable[None]]:
    """The effect of a payment on its way or received. A quote that was amended, withdrawn, declined or has expired meanwhile
    stays as it is: payments then owes the money back."""

    async def accept_if_covered(session: AsyncSession, fact: Paid, _: Any) -> None:
        receivable = fact.receivable
        if receivable.open_minor:
            return
        try:
            document = await queries.locked(session, UUID(receivable.document_id))
        except DocumentNotFound:
            return
        if not _is_covered(document, receivable):
            return
        at = deps.clock.now()
        evidence = await last_evidence(session, document)
        if evidence is None or is_expired(document, deps.clock.today(await zone(session, document.merchant_id))):
            return
        await mark_accepted(session, document, evidence, at=at, by=str(evidence.record["actor"]["subject"]))

    return accept_if_covered


def _is_covered(document: Document, receivable: payments.Receivable) -> bool:
    """Whether all that this promise asks for is on its way or there."""
    return (
        document.type == DocumentType.QUOTE
        and document.state == "shared"
        and document.outcome == QuoteOutcome.PROMISED
        and receivable.due_minor == document.asked_minor
    )
