"""Documents that were shared: one in a mail with the words for its type, or several that were released together."""

from collections.abc import Sequence

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.documents.v1.documents_pb2_codes import InvoiceKind
from kontor_notifications.kind import MailKind, MailText, Occasion
from kontor_notifications.mails.recipients import recipients
from kontor_notifications.placeholders.documents import OVERVIEW, SEVERAL_DOCUMENTS, document_fields
from kontor_notifications.placeholders.quotes import QUOTE_NEXT
from kontor_notifications.placeholders.standing import ADDITIONAL_DOCUMENTS
from kontor_service.i18n import N_

SHARED, _SEVERAL = "document_shared", "documents_shared"


# By type: the words for it in placeholders; then the subject, the first paragraph, what stands last.
_TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "quote": (("Quote", "Offer", "Angebot"), (
        N_("Your quote [Quote.number] from [Company.name] – [Quote.request]"),
        N_("Thank you for your enquiry. Our quote [Quote.number] is ready for you."),
        N_("It belongs to: [Quote.request]"),
        N_("It is valid until [Quote.valid_until]. [Quote.next]"),
        N_("If you have any questions, simply reply to this email."),
    )),
    "order_confirmation": (("Confirmation", "OrderConfirmation", "Auftragsbestätigung"), (
        N_("Order confirmation [Confirmation.number] from [Company.name]"),
        N_("Thank you for your order, which we are pleased to confirm."),
    )),
    "sales_order": (("SalesOrder", "Order", "Auftrag"), (
        N_("Your order [Order.number] with [Company.name]"),
        N_("We have entered your order [Order.number]. Here are the details."),
    )),
    "delivery_note": (("DeliveryNote", "Lieferschein"), (
        N_("Delivery note [DeliveryNote.number] from [Company.name]"),
        N_("Your delivery is on its way. The delivery note [DeliveryNote.number] is ready for you."),
        N_("Follow your delivery: [DeliveryNote.tracking_url]"),
    )),
    "invoice": (("Invoice", "Rechnung"), (
        N_("Your [Invoice.type] [Invoice.number] from [Company.name]"),
        N_("Your [Invoice.type] [Invoice.number] of [Invoice.date] is ready for you."),
    )),
    "reminder": (("Reminder", "Mahnung"), (
        N_("Payment reminder [Reminder.number] from [Company.name]"),
        N_("This may have slipped your mind: an amount is still open. The details are in [Reminder.number]."),
        N_("If you have paid in the meantime, please disregard this reminder."),
    )),
    "credit_note": (("CreditNote", "Gutschrift"), (
        N_("Your credit note [CreditNote.number] from [Company.name]"),
        N_("We have issued a credit note for you."),
    )),
    "purchase_order": (("PurchaseOrder", "Bestellung"), (
        N_("Purchase order [PurchaseOrder.number] from [Company.name]"),
        N_("Please find our purchase order [PurchaseOrder.number] here."),
    )),
    "receipt": (("Receipt", "Quittung"), (
        N_("Your receipt [Receipt.number] from [Company.name]"),
        N_("Thank you for your payment. The receipt is ready for you."),
    )),
    "contract": (("Contract", "Vertrag"), (
        N_("Contract documents [Contract.number] from [Company.name]"),
        N_("Your contract documents are ready for you."),
    )),
    "other": ((), (
        N_("New document from [Company.name]: [Document.number]"),
        N_("We have made a new document available to you."),
        "[Document.title]",
    )),
}  # fmt: skip


def _text(document_type: str) -> MailText:
    names, (subject, first, *last) = _TYPES[document_type]
    return MailText(
        name=_name(document_type),
        label=N_("Document"),
        document_type=document_type,
        documents=1,
        own_placeholders=(
            *document_fields(*names),
            *([QUOTE_NEXT] if document_type == "quote" else []),
            OVERVIEW,
            ADDITIONAL_DOCUMENTS,
        ),
        words=(
            subject,
            first,
            "[Overview]",
            "[Attachments]",
            "[AdditionalDocuments]",
            "[PORTAL][Document.customerportal_url]",
            N_("The link opens the document without logging in. Please keep it to yourself.[/PORTAL]"),
            *last,
        ),
    )


_BUNDLE = MailText(
    name=_SEVERAL,
    label=N_("Several documents"),
    documents=2,
    own_placeholders=(*SEVERAL_DOCUMENTS, ADDITIONAL_DOCUMENTS),
    words=(
        N_("[Documents.count] new documents from [Company.name]"),
        N_("[Documents.count] new documents are ready for you."),
        "[Documents]",
        "[Attachments]",
        "[AdditionalDocuments]",
        N_("[PORTAL]The links open the documents without logging in. Please keep them to yourself.[/PORTAL]"),
    ),
)


def _name(document_type: str) -> str:
    return f"{SHARED}:{document_type if document_type in _TYPES else 'other'}"


def _name_for(document: Document) -> str:
    """The mail text for the document; an invoice of less than nothing stays one, a self-billed one is a credit note."""
    return _name("credit_note" if document.kind == InvoiceKind.SELF_BILLED else document.type)


def _occasion(event: DocumentShared) -> Occasion:
    document = event.document
    return Occasion(
        customer_id=document.customer_id,
        document_ids=[document.id],
        document_number=document.number,
        own_subject=document.share_subject,
        own_text=document.share_text,
        text=_name_for(document),
    )


def _variant(documents: Sequence[Document]) -> str:
    return _SEVERAL if len(documents) > 1 else _name_for(documents[0])


KINDS = (
    MailKind(
        name=SHARED,
        label=N_("Document"),
        trigger=DocumentShared,
        occasion=_occasion,
        recipients=lambda event, customer, merchant: recipients(event.document, customer, merchant),
        variants=(*(_text(document_type) for document_type in _TYPES), _BUNDLE),
        variant=_variant,
        bulk=True,
        shares_documents=True,
        logs_unreachable=True,
    ),
)
