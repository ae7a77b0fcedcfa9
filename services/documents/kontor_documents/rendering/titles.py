"""What a document is called at its head."""

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData
from kontor_documents.rendering.wording import words
from kontor_service.i18n import Language

TITLES = {
    DocumentType.QUOTE: "Angebot",
    DocumentType.ORDER_CONFIRMATION: "Auftragsbestätigung",
    DocumentType.SALES_ORDER: "Auftrag",
    DocumentType.DELIVERY_NOTE: "Lieferschein",
    DocumentType.INVOICE: "Rechnung",
    DocumentType.REMINDER: "Mahnung",
    DocumentType.CREDIT_NOTE: "Gutschrift",
    DocumentType.PURCHASE_ORDER: "Bestellung",
    DocumentType.RECEIPT: "Quittung",
    DocumentType.CONTRACT: "Vertrag",
    DocumentType.OTHER: "Dokument",
}

# UNCL1001. A self-billed invoice must be called "Gutschrift" (§ 14 Abs. 4 Nr. 10 UStG).
CODES = {
    "325": "Proformarechnung",
    "326": "Abschlagsrechnung",
    "384": "Korrekturrechnung",
    "386": "Anzahlungsrechnung",
    "389": "Gutschrift (Selbstfakturierung)",
    "875": "Abschlagsrechnung",
    "876": "Teilschlussrechnung",
    "877": "Schlussrechnung",
}

# Types whose own title says more than the type does; elsewhere it is the subject below.
TITLED = {DocumentType.REMINDER, DocumentType.CONTRACT, DocumentType.OTHER}


def heading(document: DocumentData, language: Language) -> str:
    if document.type in TITLED and document.title:
        return document.title
    return words(language).gettext(_german(document))


def subject(document: DocumentData) -> str:
    return "" if document.type in TITLED else document.title


def _german(document: DocumentData) -> str:
    if document.type is DocumentType.INVOICE:
        return CODES.get(document.type_code, TITLES[document.type])
    return TITLES[document.type]
