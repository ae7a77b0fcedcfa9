"""What a quote's data names as attachments, found among the files that its merchant has handed in."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents import queries
from kontor_documents.content.model import Attachment
from kontor_documents.dependencies import Dependencies
from kontor_documents.intake.parse import Parsed, external_id_of
from kontor_documents.models import Document, DocumentFile
from kontor_documents.quote_files.models import QuoteFile
from kontor_service.bodies import MEBIBYTE
from kontor_service.errors import Invalid
from kontor_service.i18n import N_

MOST_FILES = 10
# Each of them is also inside the quote's PDF.
MOST_BYTES = 25 * MEBIBYTE
UnknownAttachment = Invalid.named("attachment_unknown", N_("This file was not uploaded: %(name)s"))
TooManyAttachments = Invalid.named("too_many_attachments", N_("A quote has at most %(most)s files."))
AttachmentsTooLarge = Invalid.named(
    "attachments_too_large", N_("The files of a quote have at most %(megabytes)s MiB together.")
)


async def with_attachments(deps: Dependencies, merchant_id: UUID, parsed: Parsed, *, of_staff: bool) -> Parsed:
    """With the bytes of the attachments that the quote's data names by their hash, and their names as they were uploaded.

    They are files uploaded before, or those that the quote has already. Unless it comes from staff, who take files away, the
    quote keeps those that staff have added. Raises UnknownAttachment, TooManyAttachments, AttachmentsTooLarge.
    """
    if parsed.data.type != DocumentType.QUOTE or parsed.is_supplied:
        return parsed
    async with deps.db.transaction(merchant_id) as session:
        if not of_staff:
            parsed = await _with_files_of_staff(session, parsed)
        wanted = {one.sha256 for one in parsed.data.attachments if one.sha256} - set(parsed.attachments)
        known = await _known(session, external_id_of(parsed), wanted) if wanted else {}
    if not wanted:
        return parsed
    _refuse(parsed, wanted, known)
    told = [
        one.model_copy(
            update={"file_name": known[one.sha256].name, "media_type": known[one.sha256].media_type,
                    "size": known[one.sha256].size}
        ) if one.sha256 in known else one
        for one in parsed.data.attachments
    ]  # fmt: skip
    contents = {sha256: await _bytes(deps, file) for sha256, file in known.items()}
    data = parsed.data.model_copy(update={"attachments": told})
    return replace(parsed, data=data, attachments={**parsed.attachments, **contents})


async def _with_files_of_staff(session: AsyncSession, parsed: Parsed) -> Parsed:
    """All files of a quote that Kontor made from data: other systems have no way to add any to it."""
    existing = await queries.by_external_id(session, external_id_of(parsed))
    if existing is None or not existing.rendered:
        return parsed
    named = {one.sha256 for one in parsed.data.attachments}
    kept = [
        Attachment(file_name=file.name, media_type=file.media_type, sha256=file.sha256, size=file.size)
        for file in await queries.files_of(session, existing.id)
        if file.role == "attachment" and file.sha256 not in named
    ]
    data = parsed.data.model_copy(update={"attachments": [*parsed.data.attachments, *kept]})
    return replace(parsed, data=data)


async def _bytes(deps: Dependencies, file: QuoteFile | DocumentFile) -> bytes:
    files = deps.files.within(file.folder) if isinstance(file, QuoteFile) else deps.files
    return await files.get(file.sha256)


async def _known(
    session: AsyncSession, external_id: str, wanted: Collection[str]
) -> dict[str, QuoteFile | DocumentFile]:
    """By hash; a file that the quote has already keeps the name that it has there."""
    uploaded = select(QuoteFile).where(col(QuoteFile.sha256).in_(wanted)).order_by(col(QuoteFile.id))
    attached = (
        select(DocumentFile)
        .join(Document, col(Document.id) == DocumentFile.document_id)
        .where(
            col(Document.external_id) == external_id,
            col(DocumentFile.role) == "attachment",
            col(DocumentFile.sha256).in_(wanted),
        )
    )
    rows = [*await session.scalars(uploaded), *await session.scalars(attached)]
    return {row.sha256: row for row in rows}


def _refuse(parsed: Parsed, wanted: Collection[str], known: dict[str, QuoteFile | DocumentFile]) -> None:
    for index, one in enumerate(parsed.data.attachments):
        if one.sha256 in wanted and one.sha256 not in known:
            name = one.file_name or one.description or one.sha256
            raise UnknownAttachment(field=f"attachments[{index}]", name=name)
    if len(known) > MOST_FILES:
        raise TooManyAttachments(field="attachments", most=MOST_FILES)
    if sum(row.size for row in known.values()) > MOST_BYTES:
        raise AttachmentsTooLarge(field="attachments", megabytes=MOST_BYTES // MEBIBYTE)
