"""The kinds of invoice that have a title of their own, such as correction or prepayment."""

from kontor.documents.v1.documents_pb2_codes import DocumentType, InvoiceKind
from kontor_documents.content.model import DocumentData

# UNTDID 1001. A self-billed invoice must be called "Gutschrift" (§ 14 Abs. 4 Nr. 10 UStG).
_KINDS = {
    "325": InvoiceKind.PRO_FORMA,
    "326": InvoiceKind.PARTIAL,
    "384": InvoiceKind.CORRECTED,
    "386": InvoiceKind.PREPAYMENT,
    "389": InvoiceKind.SELF_BILLED,
    "875": InvoiceKind.PARTIAL,
    "876": InvoiceKind.PARTIAL_FINAL,
    "877": InvoiceKind.FINAL,
}


def kind_of(document: DocumentData) -> InvoiceKind | None:
    return _KINDS.get(document.type_code) if document.type is DocumentType.INVOICE else None
