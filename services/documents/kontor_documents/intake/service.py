"""The door: what is handed in is parsed once, and becomes a document in the same transaction (C15, C16, C26)."""

import asyncio
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import EventTooLarge, record
from kontor_documents import queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import (
    AlreadyShared,
    ChangedMeanwhile,
    DuplicateNumber,
    NothingSubmitted,
    SubmissionNotFound,
    TooMuch,
    WouldReplace,
)
from kontor_documents.events import submission_state
from kontor_documents.intake.issuing import Issue, Outdated, number_for, prepare, refuse_outdated
from kontor_documents.intake.parse import Parsed, external_id_of, parse, refuse_wrong_totals
from kontor_documents.intake.store_document import put_files, store_document
from kontor_documents.models import Document, Submission
from kontor_documents.quote_files.attaching import with_attachments
from kontor_documents.quotes.amendment import Amendment, amend, can_be_amended, prepare_amendment
from kontor_documents.threads import lock_to_join
from kontor_service.commands import fingerprint, recall, remember
from kontor_service.errors import Conflict, Problem, Unavailable
from kontor_service.i18n import N_

# Doors whose sender hears of a refusal; what comes by the others is told on its submission.
_ANSWERED = frozenset({"http", "cli", "bus", "kontor"})
# Doors whose sender is there to correct amounts; elsewhere the document waits in the release list as invalid.
_CORRECTING = frozenset({"http", "cli", "kontor"})
# A form in Kontor, in front of which somebody sits: it is told everything at once, and nothing refused is kept.
_AT_THE_FORM = "kontor"
_UNSAFE_IN_NAMES = re.compile(r"[^\w .()\-]")
# Another request may make the same document, or change what this one was prepared from, at the same moment.
_ATTEMPTS = 4
_UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True)
class Upload:
    """What came through a door, and who brought it."""

    source: str
    by: str
    file: bytes | None = None
    beside: bytes | None = None
    media_type: str = ""
    file_name: str = ""
    # Files that the data names as attachments, by SHA-256; of what Kontor itself hands in.
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    # An earlier submission that is handed in again, by somebody who waits for the answer.
    again: UUID | None = None
    # A document that waits with another content may be replaced: other systems always may, people are asked.
    replaces: bool = False
    # SHA-256 of the content that this is a change of; where somebody else has changed it since, it is refused.
    based_on: str = ""

    @property
    def answered(self) -> bool:
        return self.source in _ANSWERED or self.again is not None


async def accept(deps: Dependencies, merchant_id: UUID, upload: Upload, key: str | None) -> dict[str, Any]:
    """Stores what was handed in and makes the document of it; `{"id", "status", "error"?}` of the submission. The PDF is
    made afterwards. The same key again answers the same id.

    What a waiting sender can correct is refused at once: raises the problems of parsing, WrongTotals, DuplicateNumber,
    AlreadyShared, ChangedMeanwhile. What is found later stands on the submission.
    """
    if upload.file is None and upload.beside is None:
        raise NothingSubmitted(field="file")
    parsed = await _parsed(upload)
    asked = fingerprint(upload.file, upload.beside) if key else ""
    hashes = [await deps.files.put(one) if one is not None else None for one in (upload.file, upload.beside)]
    if isinstance(parsed, Parsed):
        parsed = await _with_attachments(deps, merchant_id, upload, parsed)
    if isinstance(parsed, Parsed):
        await put_files(deps, parsed)
    for _ in range(_ATTEMPTS):
        # With nothing locked; once more where something changed before it was written.
        outcome = parsed if isinstance(parsed, Problem) else await prepare(deps, merchant_id, parsed)
        amendment = None
        if isinstance(parsed, Parsed) and isinstance(outcome, Issue):
            amendment = await prepare_amendment(deps, merchant_id, parsed, outcome, upload.file_name)
        try:
            async with deps.db.transaction(merchant_id) as session:
                if key and (repeated := await recall(session, merchant_id, "submission", key, asked)) is not None:
                    return repeated
                submission = await _submission(deps, session, merchant_id, upload)
                submission.file_sha256, submission.data_sha256 = hashes
                answer = await _write(deps, session, submission, upload, parsed, outcome, amendment)
                if key:
                    await remember(session, merchant_id, "submission", key, answer)
        except Outdated:
            continue
        except IntegrityError as error:
            if getattr(error.orig, "sqlstate", "") != _UNIQUE_VIOLATION:
                raise
            continue
        deps.wake.set()
        return answer
    raise Unavailable(N_("The same document is being handed in elsewhere at this moment."), code="busy")


async def _submission(deps: Dependencies, session: AsyncSession, merchant_id: UUID, upload: Upload) -> Submission:
    if upload.again is not None:
        known = await session.get(Submission, upload.again, with_for_update=True)
        if known is None or known.status != "rejected":
            raise SubmissionNotFound
        known.touch()
        known.error = None
        return known
    return Submission(
        merchant_id=merchant_id,
        source=upload.source,
        submitted_by=upload.by,
        file_name=_UNSAFE_IN_NAMES.sub("_", unicodedata.normalize("NFC", upload.file_name))[:200],
        media_type=upload.media_type[:100],
        received_at=deps.clock.now(),
    )


async def hand_in_again(
    deps: Dependencies, merchant_id: UUID, submission_id: UUID, *, by: str, data: dict[str, Any] | None, replaces: bool
) -> dict[str, Any]:
    """What was refused once more: with data beside its file, or over the document that it would replace."""
    async with deps.db.transaction(merchant_id) as session:
        known = await session.get(Submission, submission_id)
    if known is None:
        raise SubmissionNotFound
    file = await deps.files.get(known.file_sha256) if known.file_sha256 else None
    kept = await deps.files.get(known.data_sha256) if known.data_sha256 else None
    upload = Upload(
        known.source, by, file, orjson.dumps(data) if data else kept, known.media_type, known.file_name,
        again=known.id, replaces=replaces,
    )  # fmt: skip
    return await accept(deps, merchant_id, upload, None)


async def _parsed(upload: Upload) -> Parsed | Problem:
    try:
        parsed = await asyncio.to_thread(parse, upload.file, upload.beside)
        parsed = replace(parsed, attachments={**parsed.attachments, **upload.attachments})
    except Problem as problem:
        if upload.answered or problem.status >= 500:
            raise
        return problem
    if upload.source in _CORRECTING:
        refuse_wrong_totals(parsed)
    return parsed


async def _with_attachments(deps: Dependencies, merchant_id: UUID, upload: Upload, parsed: Parsed) -> Parsed | Problem:
    try:
        return await with_attachments(deps, merchant_id, parsed, of_staff=upload.source == _AT_THE_FORM)
    except Problem as problem:
        if upload.answered or problem.status >= 500:
            raise
        return problem


async def _write(
    deps: Dependencies,
    session: AsyncSession,
    submission: Submission,
    upload: Upload,
    parsed: Parsed | Problem,
    outcome: Issue | Problem,
    amendment: Amendment | None,
) -> dict[str, Any]:
    """Makes the document, or notes on the submission why there is none."""
    if isinstance(parsed, Parsed) and submission.source in _ANSWERED:
        await _refuse_conflicts(session, parsed)
    try:
        if isinstance(outcome, Problem):
            raise outcome
        assert isinstance(parsed, Parsed)
        async with session.begin_nested():
            submission.document_id = (await _make(deps, session, submission, upload, parsed, outcome, amendment)).id
    except EventTooLarge:
        if upload.source == _AT_THE_FORM:
            raise TooMuch(field="lines") from None
        submission.error = TooMuch(field="file").stored()
    except Problem as problem:
        if problem.status >= 500 or upload.source == _AT_THE_FORM:
            raise
        submission.error = problem.stored()
    submission.status = "rejected" if submission.error else "processed"
    session.add(submission)
    fact = pb.SubmissionRejected if submission.error else pb.SubmissionProcessed
    record(session, fact(submission=submission_state(submission)))
    # What became a document is not told before it can be opened.
    answer = {"id": str(submission.id), "status": "rejected" if submission.error else "accepted"}
    return answer | ({"error": submission.error} if submission.error else {})


async def _make(
    deps: Dependencies,
    session: AsyncSession,
    submission: Submission,
    upload: Upload,
    parsed: Parsed,
    issue: Issue,
    amendment: Amendment | None,
) -> Document:
    external_id = external_id_of(parsed)
    known = await queries.by_external_id(session, external_id)
    named = [reference.number for reference in parsed.data.references]
    await lock_to_join(session, known.id if known else None, parsed.data.customer_number, parsed.data.number, named)
    existing = await queries.by_external_id(session, external_id, lock=True)
    if existing is not None:
        if existing.source_sha256 == parsed.source_sha256:
            return existing
        if upload.based_on and upload.based_on != existing.content_sha256:
            raise ChangedMeanwhile
        if can_be_amended(existing):
            if amendment is None or amendment.previous_sha256 != existing.content_sha256:
                raise Outdated
            await refuse_outdated(session, submission.merchant_id, parsed, issue)
            await amend(deps, session, existing, parsed, issue, amendment, by=upload.by)
            submission.replaced = True
            return existing
        if existing.state != "waiting":
            raise _already_shared(existing)
        if upload.source == "upload" and not upload.replaces:
            raise WouldReplace(document_id=str(existing.id), number=existing.number)
        submission.replaced = True
    holder = await queries.number_holder(session, str(parsed.data.type), parsed.data.number, external_id)
    if holder is not None:
        raise _duplicate(holder)
    await refuse_outdated(session, submission.merchant_id, parsed, issue)
    data = issue.data
    if not parsed.is_supplied and not data.number:
        data = data.model_copy(
            update={"number": await number_for(session, submission.merchant_id, data, existing, draft=issue.draft)}
        )
    return await store_document(
        deps, session, submission, parsed, data,
        external_id=external_id, existing=existing, issue=issue,
    )  # fmt: skip


async def _refuse_conflicts(session: AsyncSession, parsed: Parsed) -> None:
    external_id = external_id_of(parsed)
    existing = await queries.by_external_id(session, external_id)
    differs = existing is not None and existing.source_sha256 != parsed.source_sha256
    if existing is not None and differs and existing.state != "waiting" and not can_be_amended(existing):
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
