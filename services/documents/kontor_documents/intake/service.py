"""The door: what is handed in is parsed once, and becomes a document in the same transaction (C15, C16, C26)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import EventTooLarge, record
from kontor_documents import copies, queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import AlreadyShared, DuplicateNumber, NothingSubmitted, NumberGiven, TooMuch
from kontor_documents.events import submission_state
from kontor_documents.intake.issuing import Issue, Outdated, Waiting, prepare, refuse_outdated
from kontor_documents.intake.parse import Parsed, external_id_of, parse, refuse_wrong_totals
from kontor_documents.intake.store_document import put_files, store_document
from kontor_documents.models import Document, Submission
from kontor_documents.numbering.service import take_number
from kontor_documents.threads import lock_to_join
from kontor_service.commands import fingerprint, recall, remember
from kontor_service.errors import Conflict, Problem, Unavailable
from kontor_service.i18n import N_

# Doors whose sender hears of a refusal; what comes by the others is told on its submission.
_ANSWERED = frozenset({"http", "cli", "bus"})
# Doors whose sender is there to correct amounts; elsewhere the document waits in the release list as invalid.
_CORRECTING = frozenset({"http", "cli"})
_UNSAFE_IN_NAMES = re.compile(r"[^\w .()\-]")
# Another request may make the same document, or change what this one was prepared from, at the same moment.
_ATTEMPTS = 4
_UNIQUE_VIOLATION = "23505"

T = TypeVar("T")
# What is to become of a submission: a document, waiting for its customer, or a refusal.
Outcome = Issue | Waiting | Problem


@dataclass(frozen=True)
class Upload:
    """What came through a door, and who brought it."""

    source: str
    by: str
    file: bytes | None = None
    beside: bytes | None = None
    media_type: str = ""
    file_name: str = ""


async def accept(deps: Dependencies, merchant_id: UUID, upload: Upload, key: str | None) -> dict[str, Any]:
    """Stores what was handed in, makes the document of it, and answers the submission's id. The PDF is made afterwards.

    What a waiting sender can correct is refused at once: raises the problems of parsing, WrongTotals, DuplicateNumber,
    AlreadyShared. What is found later stands on the submission. The same key again answers the same id.
    """
    if upload.file is None and upload.beside is None:
        raise NothingSubmitted(field="file")
    parsed = await _parsed(upload)
    asked = fingerprint(upload.file, upload.beside) if key else ""
    file_sha256 = await deps.files.put(upload.file) if upload.file is not None else None
    data_sha256 = await deps.files.put(upload.beside) if upload.beside is not None else None

    async def write(session: AsyncSession, outcome: Outcome) -> dict[str, Any]:
        if key and (repeated := await recall(session, merchant_id, "submission", key, asked)) is not None:
            return repeated
        if isinstance(parsed, Parsed) and upload.source in _ANSWERED:
            await _refuse_conflicts(session, parsed)
        submission = Submission(
            merchant_id=merchant_id,
            source=upload.source,
            submitted_by=upload.by,
            file_name=_UNSAFE_IN_NAMES.sub("_", upload.file_name)[:200],
            media_type=upload.media_type[:100],
            file_sha256=file_sha256,
            data_sha256=data_sha256,
            received_at=deps.clock.now(),
        )
        session.add(submission)
        await session.flush()
        await _finish(deps, session, submission, parsed, outcome)
        if submission.status == "accepted":
            _announce(session, submission)
        # What became a document is not told before it can be opened.
        answer = {"id": str(submission.id), "status": "rejected" if submission.error else "accepted"}
        if key:
            await remember(session, merchant_id, "submission", key, answer)
        return answer

    return await _prepared(deps, merchant_id, parsed, write)


async def process(deps: Dependencies, merchant_id: UUID, submission_id: UUID) -> None:
    """Makes the document of a submission that had to wait. Raises Unavailable while the merchant is not known."""
    async with deps.db.transaction(merchant_id) as session:
        submission = await session.get(Submission, submission_id)
    if submission is None or submission.status != "accepted":
        return
    file = await deps.files.get(submission.file_sha256) if submission.file_sha256 else None
    beside = await deps.files.get(submission.data_sha256) if submission.data_sha256 else None
    parsed = await asyncio.to_thread(parse, file, beside)

    async def write(session: AsyncSession, outcome: Outcome) -> None:
        locked = await session.get(Submission, submission_id, with_for_update=True, populate_existing=True)
        if locked is None or locked.status != "accepted":
            return
        if isinstance(outcome, Waiting) and not outcome.customer_number:
            raise Unavailable(
                N_("The settings have not arrived everywhere yet. Please try again in a moment."),
                code="merchant_unknown",
            )
        if not isinstance(outcome, Waiting):
            locked.touch()
        await _finish(deps, session, locked, parsed, outcome)

    await _prepared(deps, merchant_id, parsed, write)


async def unpark(session: AsyncSession, customer_number: str) -> None:
    """The customer that submissions waited for has come: each is processed in a transaction of its own."""
    query = select(Submission).where(Submission.parked_for == customer_number).order_by(Submission.id)  # type: ignore[arg-type]
    for submission in list(await session.scalars(query.with_for_update())):
        submission.parked_for = None
        submission.touch()
        _announce(session, submission)


async def _parsed(upload: Upload) -> Parsed | Problem:
    try:
        parsed = await asyncio.to_thread(parse, upload.file, upload.beside)
    except Problem as problem:
        if upload.source in _ANSWERED or problem.status >= 500:
            raise
        return problem
    if upload.source in _CORRECTING:
        refuse_wrong_totals(parsed)
    return parsed


async def _prepared(
    deps: Dependencies, merchant_id: UUID, parsed: Parsed | Problem,
    write: Callable[[AsyncSession, Outcome], Awaitable[T]],
) -> T:  # fmt: skip
    """Prepares what takes long with nothing locked, then writes; once more where something changed in between."""
    if isinstance(parsed, Parsed):
        await put_files(deps, parsed)
    for _ in range(_ATTEMPTS):
        outcome = parsed if isinstance(parsed, Problem) else await prepare(deps, merchant_id, parsed)
        try:
            async with deps.db.transaction(merchant_id) as session:
                if isinstance(outcome, Waiting):
                    await copies.hold_back_customers(session, merchant_id)
                done = await write(session, outcome)
        except Outdated:
            continue
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", "") != _UNIQUE_VIOLATION:
                raise
            continue
        deps.wake.set()
        return done
    raise Unavailable(N_("The same document is being handed in elsewhere at this moment."), code="busy")


async def _finish(
    deps: Dependencies, session: AsyncSession, submission: Submission, parsed: Parsed | Problem, outcome: Outcome
) -> None:
    """Makes the document, or notes on the submission why there is none (yet)."""
    if isinstance(outcome, Waiting):
        if await copies.customer_id_by_number(session, outcome.customer_number) is not None:
            raise Outdated
        submission.parked_for = outcome.customer_number or None
        return
    submission.parked_for = None
    try:
        if isinstance(outcome, Problem):
            raise outcome
        assert isinstance(parsed, Parsed)
        async with session.begin_nested():
            document = await _make(deps, session, submission, parsed, outcome)
    except EventTooLarge:
        submission.error = TooMuch(field="file").stored()
    except Problem as problem:
        if problem.status >= 500:
            raise
        submission.error = problem.stored()
    else:
        submission.document_id = document.id
    submission.status = "rejected" if submission.error else "processed"
    _announce(session, submission)


async def _make(
    deps: Dependencies, session: AsyncSession, submission: Submission, parsed: Parsed, issue: Issue
) -> Document:
    external_id = external_id_of(parsed)
    known = await queries.by_external_id(session, external_id)
    named = [reference.number for reference in parsed.data.references]
    await lock_to_join(session, known.id if known else None, parsed.data.customer_number, parsed.data.number, named)
    existing = await queries.by_external_id(session, external_id, lock=True)
    if existing is not None:
        if existing.source_sha256 == parsed.source_sha256:
            return existing
        if existing.state != "waiting":
            raise _already_shared(existing)
    holder = await queries.number_holder(session, str(parsed.data.type), parsed.data.number, external_id)
    if holder is not None:
        raise _duplicate(holder)
    await refuse_outdated(session, submission.merchant_id, parsed, issue)
    data = issue.data
    if not parsed.is_supplied and not data.number:
        number = await _number(session, submission.merchant_id, data, existing)
        data = data.model_copy(update={"number": number})
    return await store_document(
        deps, session, submission, parsed, data,
        external_id=external_id, existing=existing, issue=issue,
    )  # fmt: skip


async def _number(session: AsyncSession, merchant_id: UUID, data: DocumentData, existing: Document | None) -> str:
    """The number that the document has already, or the next. Raises NumberGiven where what it would need is another."""
    if existing is None:
        return await take_number(session, merchant_id, data)
    if (existing.type, existing.issue_date.year) != (str(data.type), data.issue_date.year):
        raise NumberGiven(
            N_("The document has the number %(number)s already: type and year stay, or it is cancelled."),
            field="type" if existing.type != str(data.type) else "issue_date",
            number=existing.number,
        )
    return existing.number


async def _refuse_conflicts(session: AsyncSession, parsed: Parsed) -> None:
    external_id = external_id_of(parsed)
    existing = await queries.by_external_id(session, external_id)
    if existing is not None and existing.state != "waiting" and existing.source_sha256 != parsed.source_sha256:
        raise _already_shared(existing)
    if holder := await queries.number_holder(session, str(parsed.data.type), parsed.data.number, external_id):
        raise _duplicate(holder)


def _already_shared(existing: Document) -> Conflict:
    return AlreadyShared(
        N_("%(external_id)s is the document %(number)s in the state %(state)s; please correct it by a new one."),
        field="external_id",
        document_id=str(existing.id),
        number=existing.number,
        external_id=existing.external_id,
        value=existing.number or existing.id,
        state=existing.state,
    )


def _duplicate(holder: Document) -> Conflict:
    return DuplicateNumber(
        N_("Number %(number)s belongs to the document with external id %(external_id)s."),
        field="number",
        document_id=str(holder.id),
        number=holder.number,
        external_id=holder.external_id,
    )


def _announce(session: AsyncSession, submission: Submission) -> None:
    facts: dict[str, Any] = {
        "accepted": pb.SubmissionReceived, "processed": pb.SubmissionProcessed, "rejected": pb.SubmissionRejected,
    }  # fmt: skip
    fact = facts[submission.status](submission=submission_state(submission))
    record(session, fact)
