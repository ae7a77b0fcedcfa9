"""Invoices as XRechnung, whatever they came as."""

import asyncio
from collections.abc import Sequence

from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.einvoice.codelists import XRECHNUNG
from kontor_documents.einvoice.write import write_ubl
from kontor_documents.errors import UnsupportedType
from kontor_documents.intake.issuing import is_einvoice
from kontor_documents.models import Document, DocumentFile
from kontor_service.i18n import N_


async def xrechnung(deps: Dependencies, document: Document, files: Sequence[DocumentFile]) -> bytes:
    """UBL of profile XRechnung 3.0; a supplied XRechnung is returned byte for byte. Raises UnsupportedType."""
    data = await queries.content_of(deps, document)
    if not is_einvoice(data):
        raise UnsupportedType(N_("A document of type %(kind)s is no invoice."), kind=document.type)
    xml = next((file for file in files if file.role == "xml"), None)
    if xml is not None and data.specification.startswith(XRECHNUNG.rpartition("_")[0]):
        return await deps.files.get(xml.sha256)
    return await asyncio.to_thread(write_ubl, _complete_for_germany(data), specification=XRECHNUNG)


def _complete_for_germany(data: DocumentData) -> DocumentData:
    """BR-DE-15 wants a buyer reference, also where the buyer named none."""
    if data.buyer_reference:
        return data
    return data.model_copy(update={"buyer_reference": data.customer_number or data.number})
