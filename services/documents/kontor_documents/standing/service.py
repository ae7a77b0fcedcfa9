"""Adding, changing and removing standing documents."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import StandingDocument, StandingDocumentVersion
from kontor_documents.standing.inputs import Content, StandingDocumentInput, checked
from kontor_documents.standing.states import standing_document_state, versions_of
from kontor_service.errors import Conflict, Invalid, NotFound
from kontor_service.i18n import N_, speaking
from kontor_service.i18n import gettext as _
from kontor_service.locks import lock_merchant

# Per document type and language.
MOST_OF_A_TYPE = 3
_SAID = ("title", "kind", "language", "consent", "sentence")

StandingDocumentNotFound = NotFound.named("standing_document_not_found", N_("There is no such standing document."))
FileMissing = Invalid.named("file_missing", N_("Please choose a file."))
TooMany = Conflict.named(
    "too_many_standing_documents",
    N_(
        "A document type takes at most %(most)s standing documents in one language. Please switch another one off first."
    ),
)


async def put(
    deps: Dependencies, merchant_id: UUID, document_id: UUID, wanted: StandingDocumentInput
) -> pb.StandingDocument:
    """Adds it under this id, or changes it. A new file, or anything else that customers read, is a new version.

    Raises FileMissing, FileUnusable, FileTooLarge, TooMany, StandingDocumentNotFound (also for another merchant's id).
    """
    file = await checked(wanted.file) if wanted.file else None
    sha256 = await deps.files.put(file.content) if file else ""
    async with deps.db.transaction(merchant_id) as session:
        await lock_merchant(session, merchant_id, what="standing documents")
        known: StandingDocument | None = await session.get(StandingDocument, document_id)
        if known is not None and known.deleted:
            raise StandingDocumentNotFound
        fact = pb.StandingDocumentChanged if known else pb.StandingDocumentAdded
        document = known or StandingDocument(id=document_id, merchant_id=merchant_id, language="de", document_types=[])
        document.language, document.position, document.active = wanted.language, wanted.position, wanted.active
        document.document_types = list(dict.fromkeys(wanted.document_types))
        await _refuse_too_many(session, document)
        if known is not None:
            document.touch()
        await _store(session, document)
        versions = await versions_of(session, [document_id])
        if (version := _next_version(document, versions, wanted, file, sha256)) is not None:
            version.valid_from = deps.clock.now()
            session.add(version)
            versions.insert(0, version)
        state = standing_document_state(document, versions)
        record(session, fact(standing_document=state))
        return state


async def remove(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> pb.StandingDocument:
    """It goes along with nothing any more; those who got it can still read it. Again, it changes nothing."""
    async with deps.db.transaction(merchant_id) as session:
        document = await session.get(StandingDocument, document_id, with_for_update=True)
        if document is None:
            raise StandingDocumentNotFound
        if not document.deleted:
            document.deleted, document.active = True, False
            document.touch()
        versions = await versions_of(session, [document_id])
        state = standing_document_state(document, versions)
        record(session, pb.StandingDocumentRemoved(standing_document=state))
        return state


async def file_of_version(
    deps: Dependencies, merchant_id: UUID, version_id: UUID
) -> tuple[StandingDocumentVersion, bytes]:
    """Raises StandingDocumentNotFound, also for another merchant's."""
    async with deps.db.transaction(merchant_id) as session:
        version = await session.get(StandingDocumentVersion, version_id)
    if version is None:
        raise StandingDocumentNotFound
    return version, await deps.files.get(version.sha256)


async def _store(session: AsyncSession, document: StandingDocument) -> None:
    """An id that row-level security hides is another merchant's. Raises StandingDocumentNotFound."""
    session.add(document)
    try:
        await session.flush()
    except IntegrityError:
        raise StandingDocumentNotFound from None


async def _refuse_too_many(session: AsyncSession, document: StandingDocument) -> None:
    if not document.active:
        return
    one = func.unnest(col(StandingDocument.document_types)).label("type")
    others = (
        select(one)
        .where(
            col(StandingDocument.active),
            col(StandingDocument.language) == document.language,
            col(StandingDocument.id) != document.id,
        )
        .subquery()
    )
    full = select(others.c.type).group_by(others.c.type).having(func.count() >= MOST_OF_A_TYPE)
    if set(await session.scalars(full)) & set(document.document_types):
        raise TooMany(field="document_types", most=MOST_OF_A_TYPE)


def _next_version(
    document: StandingDocument, versions: list[StandingDocumentVersion], wanted: StandingDocumentInput,
    file: Content | None, sha256: str,
) -> StandingDocumentVersion | None:  # fmt: skip
    """None where customers would read the same as before. Raises FileMissing for a first one without a file."""
    before = versions[0] if versions else None
    if before is None and file is None:
        raise FileMissing(field="file")
    said = wanted.model_dump(include=set(_SAID)) | {"sentence": _consent_sentence(wanted)}
    same_file = file is None or (before is not None and before.sha256 == sha256)
    if before is not None and same_file and all(getattr(before, name) == said[name] for name in _SAID):
        return None
    kept = before.model_dump(include={"name", "media_type", "sha256", "size"}) if before else {}
    new = (
        {"name": file.name, "media_type": file.media_type, "sha256": sha256, "size": len(file.content)} if file else {}
    )
    return StandingDocumentVersion(
        merchant_id=document.merchant_id, standing_document_id=document.id, number=len(versions) + 1, **said, **(kept | new)
    )  # fmt: skip


def _consent_sentence(wanted: StandingDocumentInput) -> str:
    """What the customer agrees to, in the document's language; nothing where they need not."""
    if not wanted.consent:
        return ""
    with speaking(wanted.language):
        if wanted.sentence.strip():
            return wanted.sentence.strip()
        # Nobody agrees to an information that the law asks for.
        if wanted.kind == "withdrawal":
            return _("I have taken note of “%(title)s”.", title=wanted.title)
        return _("I have read “%(title)s” and agree to it.", title=wanted.title)
