"""The order confirmation of an accepted quote: of the chosen lines, handed in like any other document."""

from collections.abc import Set
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import DocumentSource, DocumentType, QuoteOutcome, ReferenceKind
from kontor_documents import queries
from kontor_documents.content.model import DocumentData, Line, Reference, serialize
from kontor_documents.dependencies import Dependencies
from kontor_documents.events import document_state
from kontor_documents.intake.service import Upload
from kontor_documents.intake.service import accept as hand_in
from kontor_documents.models import Document
from kontor_documents.quotes.access import zone
from kontor_documents.quotes.record import record_fact
from kontor_documents.quotes.selection import choose, chosen_of, recomputed
from kontor_documents.rendering.formats import NO_BREAK
from kontor_service.errors import Problem
from kontor_service.formats import day, zone_of
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking

_KEY = "order_confirmation:"
_CHOICES = {
    "optional": False, "selected": False, "quantity_min": None, "quantity_max": None, "alternative": "",
}  # fmt: skip


def confirmation_of(quote: DocumentData, *, on: date, quote_id: str) -> DocumentData:
    """What was ordered, from the quote with its choices made: the lines that count, and nothing left to choose.

    Its totals are the quote's: the same lines by the same rules.
    """
    kept = {line.id for line in quote.lines if line.counts or line.kind != "detail"}
    lines = [_ordered(line) for line in quote.lines if line.id in kept]
    with speaking(quote.language):
        introduction = _("Thank you for your order. We confirm it on the basis of our quote %(number)s of %(day)s.",
                         number=quote.number, day=day(quote.issue_date, quote.language).replace(" ", NO_BREAK))  # fmt: skip
    ordered = quote.model_copy(
        update={
            "type": DocumentType.ORDER_CONFIRMATION, "number": "", "external_id": external_id(quote_id),
            "issue_date": on, "valid_until": None, "acceptance": [], "deposit_percent": None, "due_date": None,
            "introduction": introduction,
            "references": [*quote.references, Reference(kind=ReferenceKind.QUOTE, number=quote.number)],
        }
    )  # fmt: skip
    return recomputed(ordered, lines)


def external_id(quote_id: str) -> str:
    """The key that makes one confirmation of each quote, however often it is tried."""
    return f"{_KEY}{quote_id}"


async def is_own_confirmation(session: AsyncSession, document: Document) -> bool:
    """Whether this is the order confirmation of an accepted quote, and not something else that was handed in as Kontor's."""
    if (document.type, document.source) != (DocumentType.ORDER_CONFIRMATION, DocumentSource.KONTOR):
        return False
    kind, _colon, quote_id = document.external_id.partition(":")
    if f"{kind}:" != _KEY:
        return False
    try:
        quote = await session.get(Document, UUID(quote_id))
    except ValueError:
        return False
    return quote is not None and quote.outcome == QuoteOutcome.ACCEPTED and quote.customer_id == document.customer_id


async def confirm(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> pb.Document:
    """Makes the order confirmation of an accepted quote that still stands, once; its state. Raises Problem where it cannot be made now."""
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.found(session, document_id)
        if (
            document.state != "shared"
            or document.outcome != QuoteOutcome.ACCEPTED
            or document.order_confirmation_id is not None
        ):
            return document_state(document, await queries.files_of(session, document_id))
        time_zone = await zone(session, merchant_id)
        attached = [file for file in await queries.files_of(session, document_id) if file.role == "attachment"]
    wanted = await _wanted(deps, document, time_zone, private={file.sha256 for file in attached if file.private})
    shown = {file.sha256: await deps.files.get(file.sha256) for file in attached if not file.private}
    upload = Upload(DocumentSource.KONTOR, "Kontor", beside=serialize(wanted), attachments=shown)
    answer = await hand_in(deps, merchant_id, upload, None)
    if "error" in answer:
        raise Problem.restored(answer["error"])
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.locked(session, document_id)
        made = await queries.by_external_id(session, external_id(str(document_id)))
        if document.order_confirmation_id is None and made is not None:
            document.order_confirmation_id = made.id
            return await record_fact(
                session, document, "confirmed", pb.DocumentChanged, at=deps.clock.now(), actor="Kontor",
                order_confirmation=made.number,
            )  # fmt: skip
        return document_state(document, await queries.files_of(session, document_id))


async def _wanted(deps: Dependencies, document: Document, time_zone: str, *, private: Set[str]) -> DocumentData:
    decided = document.closed_at or deps.clock.now()
    chosen = choose(await queries.content_of(deps, document), chosen_of(document.selection))
    # What is left out of the data is completed from merchant and customer as they are now, as the quote's was.
    named = chosen.model_copy(
        update={
            "customer_number": document.customer_number, "number": document.number,
            "attachments": [one for one in chosen.attachments if one.sha256 not in private],
        }
    )  # fmt: skip
    return confirmation_of(named, on=decided.astimezone(zone_of(time_zone)).date(), quote_id=str(document.id))


def _ordered(line: Line) -> Line:
    return line.model_copy(update=_CHOICES)
