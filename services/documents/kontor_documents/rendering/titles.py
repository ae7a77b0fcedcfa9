"""What a document is called at its head."""

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.kinds import kind_of
from kontor_documents.content.model import DocumentData
from kontor_service.i18n import N_, pgettext
from kontor_service.i18n import gettext as _

# Where the page says it otherwise than lists do.
TITLES = {DocumentType.SALES_ORDER: N_("Sales order"), DocumentType.REMINDER: N_("Reminder")}

# Types whose own title says more than the type does; elsewhere it is the subject below.
TITLED = {DocumentType.REMINDER, DocumentType.CONTRACT, DocumentType.OTHER}


def heading(document: DocumentData) -> str:
    if document.type in TITLED and document.title:
        return document.title
    if document.type is DocumentType.RECEIPT:
        return pgettext("pdf", "Receipt")
    kind = kind_of(document)
    return _(kind.word if kind else TITLES.get(document.type, document.type.word))


def subject(document: DocumentData) -> str:
    return "" if document.type in TITLED else document.title
