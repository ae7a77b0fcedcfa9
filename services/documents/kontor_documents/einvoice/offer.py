"""Which XML of an invoice can be downloaded. What Kontor writes is checked before it is offered."""

from dataclasses import dataclass

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import Files, write_cii, write_ubl
from kontor_service.errors import Invalid


@dataclass(frozen=True)
class Offer:
    """`specification` is BT-24 of the XML."""

    specification: str
    xml: bytes


def offered(validator: Validator, data: DocumentData, files: Files) -> Offer | None:
    """As XRechnung where it is one by all rules, else as plain EN 16931; None where it is neither. Takes up to a second.

    `files` are its attachments by SHA-256. Raises Unavailable where the rules cannot be applied.
    """
    for offer in (written(data, XRECHNUNG, files), written(data, ZUGFERD_EN16931, files)):
        if offer is not None and validator.validate(offer.xml).valid:
            return offer
    return None


def written(data: DocumentData, specification: str, files: Files) -> Offer | None:
    """The same bytes for the same data. None where the data cannot be written."""
    if specification == XRECHNUNG and not data.buyer_reference:
        # BR-DE-15 wants a buyer reference, also where the buyer named none.
        data = data.model_copy(update={"buyer_reference": data.customer_number or data.number})
    # UBL has room for one identifier of the buyer (UBL-SR-16); CII loses none.
    write = write_cii if len(data.buyer.identifiers) + bool(data.customer_number) > 1 else write_ubl
    try:
        return Offer(specification, write(data, specification=specification, files=files))
    except Invalid:
        return None
