"""The door: what is handed in is kept first, then becomes a document (C15, C16, C26)."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import EventTooLarge, record
from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.copies import queries as copies
from kontor_documents.errors import (
    AlreadyShared,
    DuplicateNumber,
    NothingSubmitted,
    NumberGiven,
    SubmissionNotFound,
    TooMuch,
)
from kontor_documents.events import submission_state
from kontor_documents.intake import keeping
from kontor_documents.intake.defaults import with_defaults
from kontor_documents.intake.issuing import is_einvoice, refuse_invalid
from kontor_documents.intake.reading import Readout, external_id_of, read, refuse_wrong_totals
from kontor_documents.matching.threads import Joining, lock_to_join
from kontor_documents.models import Document, Submission
from kontor_documents.numbering.service import PROVISIONAL, take_number
from kontor_documents.parts import Parts
from kontor_service.commands import fingerprint, recall, remember
from kontor_service.errors import Problem, Unavailable

log = structlog.get_logger()

# Doors whose sender hears of a refusal; what comes by the others is told on its submission.
_ANSWERED = frozenset({"http", "cli", "bus"})
# Doors whose sender is there to correct amounts; elsewhere the document waits in the release list as invalid.
_CORRECTING = frozenset({"http", "cli"})
_UNSAFE_IN_NAMES = re.compile(r"[^\w .()\-]")


class BuyerUnknown(Exception):
    """Kontor is to issue a document to a customer it does not know yet, and the data names no buyer."""

    def __init__(self, customer_number: str) -> None:
        super().__init__(customer_number)
        self.customer_number = customer_number


@dataclass(frozen=True)
class Handed:
    """What came through a door, and who brought it."""

    source: str
    by: str
    file: bytes | None = None
    beside: bytes | None = None
    media_type: str = ""
    file_name: str = ""


async def accept(parts: Parts, merchant_id: UUID, handed: Handed, key: str | None) -> dict[str, Any]:
    """Keeps what was handed in and answers its id; it becomes a document right after.

    What a waiting sender can correct is refused at once: raises the problems of reading, WrongTotals, DuplicateNumber,
    AlreadyShared. The same key again answers the same id.
    """
    if handed.file is None and handed.beside is None:
        raise NothingSubmitted(field="file")
    asked = fingerprint(handed.file, handed.beside) if key else ""
    readout = await asyncio.to_thread(read, handed.file, handed.beside) if handed.source in _ANSWERED else None
    if readout is not None and handed.source in _CORRECTING:
        refuse_wrong_totals(readout)
    file_sha256 = await parts.files.put(handed.file) if handed.file is not None else None
    data_sha256 = await parts.files.put(handed.beside) if handed.beside is not None else None
    async with parts.db.transaction(merchant_id) as session:
        if key and (repeated := await recall(session, merchant_id, "submission", key, asked)) is not None:
            return repeated
        if readout is not None:
            await _refuse_conflicts(session, readout)
        submission = Submission(
            merchant_id=merchant_id,
            source=handed.source,
            submitted_by=handed.by,
            file_name=_UNSAFE_IN_NAMES.sub("_", handed.file_name)[:200],
            media_type=handed.media_type[:100],
            file_sha256=file_sha256,
            data_sha256=data_sha256,
            received_at=parts.clock.now(),
        )
        session.add(submission)
        record(session, pb.SubmissionReceived(submission=submission_state(submission)), merchant_id=merchant_id)
        answer = {"id": str(submission.id), "status": "accepted"}
        if key:
            await remember(session, merchant_id, "submission", key, answer)
        return answer


async def process(parts: Parts, session: AsyncSession, submission_id: UUID) -> None:
    """Makes the document of an accepted submission, or says on the submission why there is none."""
    submission = await session.get(Submission, submission_id, with_for_update=True)
    if submission is None:
        raise SubmissionNotFound(str(submission_id))
    if submission.status != "accepted":
        return
    submission.parked_for = None
    try:
        readout = await _readout(parts, submission)
        async with session.begin_nested():
            document = await _make(parts, session, submission, readout)
    except BuyerUnknown as parked:
        # The customer may still be on its way; process() runs again when it has come.
        submission.parked_for = parked.customer_number
    except EventTooLarge as error:
        _settle(session, submission, "rejected", error=TooMuch(str(error), field="file").as_dict())
    except Problem as problem:
        if problem.status >= 500:
            raise
        _settle(session, submission, "rejected", error=problem.as_dict())
    else:
        submission.document_id = document.id
        _settle(session, submission, "processed")


async def process_parked(parts: Parts, session: AsyncSession, customer_number: str) -> None:
    """Submissions that waited for this customer."""
    query = select(Submission.id).where(Submission.parked_for == customer_number)  # type: ignore[call-overload]
    for submission_id in list(await session.scalars(query.order_by(Submission.id))):
        await process(parts, session, submission_id)


async def _readout(parts: Parts, submission: Submission) -> Readout:
    file = await parts.files.get(submission.file_sha256) if submission.file_sha256 else None
    beside = await parts.files.get(submission.data_sha256) if submission.data_sha256 else None
    return await asyncio.to_thread(read, file, beside)


async def _make(parts: Parts, session: AsyncSession, submission: Submission, readout: Readout) -> Document:
    external_id = external_id_of(readout.data, readout.source_sha256)
    known = await queries.by_external_id(session, external_id)
    named = [reference.number for reference in readout.data.references]
    joining = Joining(known.id if known else None, readout.data.customer_number, readout.data.number, named)
    await lock_to_join(session, joining)
    existing = await queries.by_external_id(session, external_id, lock=True)
    if existing is not None:
        if existing.source_sha256 == readout.source_sha256:
            return existing
        if existing.state != "waiting":
            raise _already_shared(existing)
    holder = await queries.number_holder(session, str(readout.data.type), readout.data.number, external_id)
    if holder is not None:
        raise _duplicate(holder)
    supplied = readout.xml is not None or readout.pdf is not None
    data, report = readout.data, None
    if not supplied:
        data, report = await _issued(parts, session, submission.merchant_id, data, existing)
    return await keeping.keep(
        parts, session, submission, readout, data, external_id=external_id, existing=existing, report=report
    )


async def _issued(
    parts: Parts, session: AsyncSession, merchant_id: UUID, data: DocumentData, existing: Document | None
) -> tuple[DocumentData, bytes | None]:
    """The data as Kontor issues it: complete, valid, numbered. Validated first, numbered last: no number is lost."""
    merchant = await copies.merchant(session, merchant_id)
    if merchant is None:
        raise Unavailable("The merchant's settings have not arrived yet", code="merchant_unknown")
    customer = await copies.customer(session, await copies.customer_id_by_number(session, data.customer_number))
    if customer is None and not data.buyer.name and data.customer_number:
        raise BuyerUnknown(data.customer_number)
    data = with_defaults(data, merchant, customer)
    report = None
    if is_einvoice(data):
        tried = data if data.number else data.model_copy(update={"number": PROVISIONAL})
        report = orjson.dumps(await refuse_invalid(parts.validator, tried))
    if not data.number:
        data = data.model_copy(update={"number": await _number(session, merchant_id, data, existing)})
    return data, report


async def _number(session: AsyncSession, merchant_id: UUID, data: DocumentData, existing: Document | None) -> str:
    """The number that the document has already, or the next. Raises NumberGiven where what it would need is another."""
    if existing is None:
        return await take_number(session, merchant_id, str(data.type), data.issue_date)
    if (existing.type, existing.issue_date.year) != (str(data.type), data.issue_date.year):
        raise NumberGiven(
            f"The document has the number {existing.number} already: type and year stay, or it is cancelled",
            field="type" if existing.type != str(data.type) else "issue_date",
        )
    return existing.number


async def _refuse_conflicts(session: AsyncSession, readout: Readout) -> None:
    external_id = external_id_of(readout.data, readout.source_sha256)
    existing = await queries.by_external_id(session, external_id)
    if existing is not None and existing.state != "waiting" and existing.source_sha256 != readout.source_sha256:
        raise _already_shared(existing)
    if holder := await queries.number_holder(session, str(readout.data.type), readout.data.number, external_id):
        raise _duplicate(holder)


def _already_shared(existing: Document) -> AlreadyShared:
    return AlreadyShared(
        f"{existing.external_id} is document {existing.number or existing.id}, {existing.state}; correct it by a new one",
        field="external_id",
        document_id=str(existing.id),
        number=existing.number,
    )


def _duplicate(holder: Document) -> DuplicateNumber:
    return DuplicateNumber(
        f"Number {holder.number} belongs to the document with external id {holder.external_id}",
        field="number",
        document_id=str(holder.id),
    )


def _settle(session: AsyncSession, submission: Submission, status: str, error: dict[str, Any] | None = None) -> None:
    submission.status = status
    submission.error = error
    submission.touch()
    state = submission_state(submission)
    fact: Any = pb.SubmissionRejected if error else pb.SubmissionProcessed
    record(session, fact(submission=state), merchant_id=submission.merchant_id)
