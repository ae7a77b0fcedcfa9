"""The order of document types in a portal."""

from kontor.documents.v1.documents_pb2_codes import DocumentType

# Invoices first (C1).
TYPES = (DocumentType.INVOICE, *(code for code in DocumentType if code is not DocumentType.INVOICE))
