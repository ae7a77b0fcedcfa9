"""What a document is called at its head."""

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData
from kontor_service.i18n import N_, pgettext
from kontor_service.i18n import gettext as _

# Where the page says it otherwise than lists do.
TITLES = {DocumentType.SALES_ORDER: N_("Sales order"), DocumentType.REMINDER: N_("Reminder")}

# UNCL1001. A self-billed invoice must be called "Gutschrift" (§ 14 Abs. 4 Nr. 10 UStG).
CODES = {
    "325": N_("Pro forma invoice"),
    "326": N_("Partial invoice"),
    "384": N_("Corrected invoice"),
    "386": N_("Prepayment invoice"),
    "389": N_("Self-billed invoice"),
    "875": N_("Partial invoice"),
    "876": N_("Partial final invoice"),
    "877": N_("Final invoice"),
}

# Types whose own title says more than the type does; elsewhere it is the subject below.
TITLED = {DocumentType.REMINDER, DocumentType.CONTRACT, DocumentType.OTHER}


def heading(document: DocumentData) -> str:
    if document.type in TITLED and document.title:
        return document.title
    if document.type is DocumentType.RECEIPT:
        return pgettext("pdf", "Receipt")
    special = CODES.get(document.type_code) if document.type is DocumentType.INVOICE else TITLES.get(document.type)
    return _(special or document.type.word)


def subject(document: DocumentData) -> str:
    return "" if document.type in TITLED else document.title
