"""Hiding a file of a document from customers (C12)."""

from collections.abc import Sequence
from uuid import UUID

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents import copies, queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import FileNotFound, WrongState
from kontor_documents.events import document_state
from kontor_documents.models import Document, DocumentFile
from kontor_documents.production.service import Production, add_files, produce
from kontor_documents.quotes.record import record_fact


async def hide_file(
    deps: Dependencies, merchant_id: UUID, document_id: UUID, file_id: UUID, *, private: bool, actor: str
) -> pb.Document:
    """Hides the file, or shows it again. An undecided quote gets a new PDF, because its attachments are inside its PDF.

    Raises FileNotFound, WrongState where the quote was amended meanwhile, and Unavailable while no PDF can be made.
    """
    production = await _produced(deps, merchant_id, document_id, file_id, private=private)
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.locked(session, document_id)
        files = await queries.files_of(session, document_id)
        file = _named(files, file_id)
        if file.private == private:
            return document_state(document, files)
        file.private = private
        if production is not None:
            if not production.fits(document, files):
                raise WrongState
            await queries.drop_pdf(session, document)
            await add_files(session, document, production)
        fact = "file_hidden" if private else "file_shown"
        return await record_fact(
            session, document, fact, pb.DocumentChanged, at=deps.clock.now(), actor=actor, file=str(file_id)
        )


async def _produced(
    deps: Dependencies, merchant_id: UUID, document_id: UUID, file_id: UUID, *, private: bool
) -> Production | None:
    """The quote's new PDF, made with nothing locked; None where its PDF stays."""
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.found(session, document_id)
        files = await queries.files_of(session, document_id)
        merchant = await copies.merchant(session, merchant_id)
    file = _named(files, file_id)
    if file.private == private or not _is_inside_pdf(document, file):
        return None
    file.private = private
    return await produce(deps, document, [one for one in files if one.role != "pdf"], merchant)


def _is_inside_pdf(document: Document, file: DocumentFile) -> bool:
    """Whether Kontor made the PDF and it can still be replaced: the evidence of an acceptance names the PDF that was read."""
    is_made = document.type == DocumentType.QUOTE and document.rendered and document.produced
    return is_made and document.outcome == "" and file.role == "attachment"


def _named(files: Sequence[DocumentFile], file_id: UUID) -> DocumentFile:
    file = next((file for file in files if file.id == file_id), None)
    if file is None:
        raise FileNotFound
    return file
