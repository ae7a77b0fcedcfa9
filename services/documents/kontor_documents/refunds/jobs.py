"""Making the credit notes that refunds ask for: handed in like any document, released without anybody."""

from uuid import UUID

import structlog

from kontor.documents.v1.documents_pb2_codes import DocumentSource
from kontor_documents import queries
from kontor_documents.content.model import serialize
from kontor_documents.dependencies import Dependencies
from kontor_documents.intake.service import Upload, accept
from kontor_documents.quotes.access import zone
from kontor_documents.refunds import queue
from kontor_documents.refunds.credit_note import Given, credit_note_of
from kontor_documents.refunds.models import RefundToCredit
from kontor_service.errors import Problem
from kontor_service.formats import zone_of

log = structlog.get_logger()


async def credit_refunds(deps: Dependencies) -> None:
    """For all merchants; can be repeated at any time. What fails is logged, tried again later, and holds up no other."""
    for merchant_id in await deps.db.merchants("merchants_with_refunds_to_credit"):
        async with deps.db.transaction(merchant_id) as session:
            claimed = await queue.claim(session)
        for refund in claimed:
            try:
                await _credit(deps, merchant_id, refund)
            except Exception:
                log.exception("refund_not_credited", refund_id=str(refund.id), document_id=str(refund.document_id))


async def _credit(deps: Dependencies, merchant_id: UUID, refund: RefundToCredit) -> None:
    """Raises Problem where it cannot be made now."""
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.found(session, refund.document_id)
        time_zone = await zone(session, merchant_id)
    invoice = await queries.content_of(deps, document)
    named = invoice.model_copy(update={"customer_number": document.customer_number, "number": document.number})
    given = Given(
        queue.external_id(refund.id), refund.credit_minor, refund.amount_minor, refund.reason, refund.note,
        on=refund.refunded_at.astimezone(zone_of(time_zone)).date(),
    )  # fmt: skip
    upload = Upload(DocumentSource.KONTOR, "Kontor", beside=serialize(credit_note_of(named, given)))
    answer = await accept(deps, merchant_id, upload, None)
    if "error" in answer:
        raise Problem.restored(answer["error"])
    async with deps.db.transaction(merchant_id) as session:
        await queue.done(session, refund.id)
