"""Who the letter is for, and who it is from, as they stand in the window of an envelope."""

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import Address, DocumentData, Party
from kontor_documents.rendering.branding import Branding
from kontor_service.formats import locale_of
from kontor_service.i18n import Language


def recipient(document: DocumentData, language: Language) -> list[str]:
    """The lines of the address field. Goods go where they are delivered, paper goes to the buyer."""
    party = document.buyer
    if document.type is DocumentType.DELIVERY_NOTE and document.ship_to and document.ship_to.address:
        party = document.ship_to
    lines = party_lines(party, document.seller.address, language)
    return lines or party_lines(document.buyer, document.seller.address, language)


def delivery_address(document: DocumentData, language: Language) -> str:
    """Where the goods went, in one line; empty where it is the address in the window."""
    if not document.ship_to or document.type is DocumentType.DELIVERY_NOTE:
        return ""
    lines = party_lines(document.ship_to, document.seller.address, language)
    return "" if lines == recipient(document, language) else ", ".join(lines)


def party_lines(party: Party, home: Address | None, language: Language) -> list[str]:
    contact = party.contact.name if party.contact else ""
    address = party.address or Address()
    lines = [party.name or party.trading_name, contact if contact != party.name else ""]
    lines += [address.line1, address.line2, address.line3, " ".join(filter(None, [address.post_code, address.city]))]
    if address.country and address.country != (home.country if home else "DE"):
        lines.append((locale_of(language).territories.get(address.country) or address.country).upper())
    return [line for line in lines if line]


def return_line(branding: Branding) -> str:
    return " · ".join([branding.name, *branding.address])
