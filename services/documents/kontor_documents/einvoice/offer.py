"""Which XML of an invoice can be downloaded. What Kontor writes is checked before it is offered."""

import asyncio
from dataclasses import dataclass

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.business_terms import business_terms
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import Files, write_cii, write_ubl
from kontor_documents.einvoice.xrechnung import check_xrechnung
from kontor_service.errors import Invalid


@dataclass(frozen=True)
class Offer:
    """`role` names the rules that the XML follows: xrechnung or en16931."""

    role: str
    xml: bytes


async def offered(
    validator: Validator, data: DocumentData, files: Files, supplied: bytes | None = None
) -> Offer | None:
    """As XRechnung where it is one by all rules, else as plain EN 16931; None where it is neither. Takes up to a second.

    `files` are its attachments by SHA-256. An XRechnung that was supplied stays as it is. Raises Unavailable where the
    rules cannot be applied.
    """
    if supplied is not None and data.specification.startswith(XRECHNUNG.rpartition("_")[0]):
        return Offer("xrechnung", supplied) if (await validator.validate_async(supplied)).valid else None
    for role, specification in (("xrechnung", XRECHNUNG), ("en16931", ZUGFERD_EN16931)):
        xml = await asyncio.to_thread(_written, data, specification, files)
        if xml is not None and (await validator.validate_async(xml)).valid:
            return Offer(role, xml)
    return None


def _written(data: DocumentData, specification: str, files: Files) -> bytes | None:
    """The XML; None if the data cannot be written by this specification."""
    if specification == XRECHNUNG and not data.buyer_reference:
        # BR-DE-15 wants a buyer reference, also where the buyer named none.
        data = data.model_copy(update={"buyer_reference": data.customer_number or data.number})
    if specification == XRECHNUNG and check_xrechnung(data):
        return None
    terms = business_terms(data, files)
    # UBL has room for one identifier of the buyer (UBL-SR-16); CII loses none.
    write = write_cii if len(terms["buyer"]["identifiers"]) > 1 else write_ubl
    try:
        return write(data, specification=specification, files=files)
    except Invalid:
        return None
