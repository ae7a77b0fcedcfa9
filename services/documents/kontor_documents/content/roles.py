"""For whom a document is: the roles of customers to whom the portal shows it (B16), and who bills whom (C14). Pure."""

from kontor.documents.v1.documents_pb2_codes import DocumentDirection, DocumentType
from kontor.identity.v1.identity_pb2_codes import CustomerRole
from kontor_documents.content.model import DocumentData

# UNCL1001: the customer is the seller.
SELF_BILLED = frozenset({"389", "261"})
_BILLS = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_NOTE})

_CUSTOMER, _SUPPLIER, _PARTNER = CustomerRole.CUSTOMER, CustomerRole.SUPPLIER, CustomerRole.PARTNER
_FROM_SUPPLIERS = (_SUPPLIER, _PARTNER)
_ROLES = {
    DocumentType.QUOTE: (_CUSTOMER, _PARTNER),
    DocumentType.ORDER_CONFIRMATION: (_CUSTOMER, _PARTNER),
    DocumentType.SALES_ORDER: (_CUSTOMER, _PARTNER),
    DocumentType.DELIVERY_NOTE: (_CUSTOMER, _SUPPLIER, _PARTNER),
    DocumentType.INVOICE: (_CUSTOMER, _PARTNER),
    DocumentType.REMINDER: (_CUSTOMER, _PARTNER),
    DocumentType.CREDIT_NOTE: (_CUSTOMER, _SUPPLIER, _PARTNER),
    DocumentType.PURCHASE_ORDER: _FROM_SUPPLIERS,
    DocumentType.RECEIPT: (_CUSTOMER, _PARTNER),
    DocumentType.CONTRACT: (_CUSTOMER, _SUPPLIER, _PARTNER),
    DocumentType.OTHER: (_CUSTOMER, _SUPPLIER, _PARTNER),
}


def direction_of(data: DocumentData) -> DocumentDirection | None:
    """None for what is no bill."""
    if data.type not in _BILLS:
        return None
    return DocumentDirection.INCOMING if data.type_code in SELF_BILLED else DocumentDirection.OUTGOING


def roles_of(data: DocumentData) -> list[str]:
    """At least one of them must be the customer's, in the order of the contract."""
    incoming = direction_of(data) is DocumentDirection.INCOMING
    return [str(role) for role in (_FROM_SUPPLIERS if incoming else _ROLES[data.type])]
