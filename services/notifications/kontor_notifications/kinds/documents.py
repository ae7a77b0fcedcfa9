"""Documents that were shared: one in a mail with the words for its type, or several that were released together."""

from collections.abc import Sequence

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor_notifications.kind import MailKind, MailText, Occasion
from kontor_notifications.mails.recipients import recipients
from kontor_notifications.placeholders.documents import OVERVIEW, SEVERAL_DOCUMENTS, document_fields
from kontor_service.i18n import N_

_SHARED, _SEVERAL = "document_shared", "documents_shared"


# By type: the words for it in placeholders; in German and English the subject, the first paragraph, what stands last.
_TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "quote": (
        ("Quote", "Offer", "Angebot"),
        (
            "Ihr Angebot [Quote.number] von [Company.name]",
            "vielen Dank für Ihre Anfrage. Unser Angebot [Quote.number] liegt für Sie bereit.",
            "Bei Fragen antworten Sie einfach auf diese E-Mail.",
        ),
        (
            "Your quote [Quote.number] from [Company.name]",
            "Thank you for your enquiry. Our quote [Quote.number] is ready for you.",
            "If you have any questions, simply reply to this email.",
        ),
    ),
    "order_confirmation": (
        ("Confirmation", "OrderConfirmation", "Auftragsbestätigung"),
        (
            "Auftragsbestätigung [Confirmation.number] von [Company.name]",
            "vielen Dank für Ihren Auftrag, den wir gern bestätigen.",
        ),
        (
            "Order confirmation [Confirmation.number] from [Company.name]",
            "Thank you for your order, which we are pleased to confirm.",
        ),
    ),
    "sales_order": (
        ("SalesOrder", "Order", "Auftrag"),
        (
            "Ihr Auftrag [Order.number] bei [Company.name]",
            "wir haben Ihren Auftrag [Order.number] angelegt. Hier finden Sie alle Einzelheiten.",
        ),
        (
            "Your order [Order.number] with [Company.name]",
            "We have entered your order [Order.number]. Here are the details.",
        ),
    ),
    "delivery_note": (
        ("DeliveryNote", "Lieferschein"),
        (
            "Lieferschein [DeliveryNote.number] von [Company.name]",
            "Ihre Lieferung ist unterwegs. Der Lieferschein [DeliveryNote.number] liegt für Sie bereit.",
            "Sendungsverfolgung: [DeliveryNote.tracking_url]",
        ),
        (
            "Delivery note [DeliveryNote.number] from [Company.name]",
            "Your delivery is on its way. The delivery note [DeliveryNote.number] is ready for you.",
            "Follow your delivery: [DeliveryNote.tracking_url]",
        ),
    ),
    "invoice": (
        ("Invoice", "Rechnung"),
        (
            "Ihre Rechnung [Invoice.number] von [Company.name]",
            "Ihre Rechnung [Invoice.number] vom [Invoice.date] liegt für Sie bereit.",
        ),
        (
            "Your invoice [Invoice.number] from [Company.name]",
            "Your invoice [Invoice.number] of [Invoice.date] is ready for you.",
        ),
    ),
    "reminder": (
        ("Reminder", "Mahnung"),
        (
            "Zahlungserinnerung [Reminder.number] von [Company.name]",
            "sicher ist es Ihnen entgangen: Ein Betrag ist noch offen. Worum es geht, steht in [Reminder.number].",
            "Haben Sie inzwischen bezahlt? Dann ist diese Erinnerung gegenstandslos.",
        ),
        (
            "Payment reminder [Reminder.number] from [Company.name]",
            "This may have slipped your mind: an amount is still open. The details are in [Reminder.number].",
            "If you have paid in the meantime, please disregard this reminder.",
        ),
    ),
    "credit_note": (
        ("CreditNote", "Gutschrift"),
        (
            "Ihre Gutschrift [CreditNote.number] von [Company.name]", "wir haben Ihnen eine Gutschrift ausgestellt."
        ),
        (
            "Your credit note [CreditNote.number] from [Company.name]", "We have issued a credit note for you."
        ),
    ),
    "purchase_order": (
        ("PurchaseOrder", "Bestellung"),
        (
            "Bestellung [PurchaseOrder.number] von [Company.name]",
            "hiermit erhalten Sie unsere Bestellung [PurchaseOrder.number].",
        ),
        (
            "Purchase order [PurchaseOrder.number] from [Company.name]",
            "Please find our purchase order [PurchaseOrder.number] here.",
        ),
    ),
    "receipt": (
        ("Receipt", "Quittung"),
        (
            "Ihre Quittung [Receipt.number] von [Company.name]",
            "vielen Dank für Ihre Zahlung. Die Quittung liegt für Sie bereit.",
        ),
        (
            "Your receipt [Receipt.number] from [Company.name]",
            "Thank you for your payment. The receipt is ready for you.",
        ),
    ),
    "contract": (
        ("Contract", "Vertrag"),
        (
            "Vertragsunterlagen [Contract.number] von [Company.name]",
            "Ihre Vertragsunterlagen liegen für Sie bereit.",
        ),
        (
            "Contract documents [Contract.number] from [Company.name]", "Your contract documents are ready for you."
        ),
    ),
    "other": (
        (),
        (
            "Neues Dokument von [Company.name]: [Document.number]",
            "wir haben ein neues Dokument für Sie bereitgestellt.",
            "[Document.title]",
        ),
        (
            "New document from [Company.name]: [Document.number]",
            "We have made a new document available to you.",
            "[Document.title]",
        ),
    ),
}  # fmt: skip


_SECRET_DE = "Der Link öffnet das Dokument ohne Anmeldung. Bitte geben Sie ihn nicht weiter."
_SECRET_EN = "The link opens the document without logging in. Please keep it to yourself."


def _around(words: tuple[str, ...], secret: str) -> tuple[str, ...]:
    subject, first, *last = words
    link = f"[PORTAL][Document.customerportal_url]\n\n{secret}[/PORTAL]"
    return subject, first, "[Overview]", "[Attachments]", link, *last


def _text(document_type: str) -> MailText:
    names, german, english = _TYPES[document_type]
    return MailText(
        name=_name(document_type),
        label=N_("Document"),
        document_type=document_type,
        documents=1,
        own_placeholders=(*document_fields(*names), OVERVIEW),
        german=_around(german, _SECRET_DE),
        english=_around(english, _SECRET_EN),
    )


_BUNDLE = MailText(
    name=_SEVERAL,
    label=N_("Several documents"),
    documents=2,
    own_placeholders=SEVERAL_DOCUMENTS,
    german=(
        "[Documents.count] neue Dokumente von [Company.name]",
        "für Sie liegen [Documents.count] neue Dokumente bereit.",
        "[Documents]",
        "[Attachments]",
        ("[PORTAL]Die Links öffnen die Dokumente ohne Anmeldung. Bitte geben Sie sie nicht weiter.[/PORTAL]"),
    ),
    english=(
        "[Documents.count] new documents from [Company.name]",
        "[Documents.count] new documents are ready for you.",
        "[Documents]",
        "[Attachments]",
        "[PORTAL]The links open the documents without logging in. Please keep them to yourself.[/PORTAL]",
    ),
)


def _name(document_type: str) -> str:
    return f"{_SHARED}:{document_type if document_type in _TYPES else 'other'}"


def _occasion(event: DocumentShared) -> Occasion:
    document = event.document
    return Occasion(
        customer_id=document.customer_id,
        document_ids=[document.id],
        document_number=document.number,
        own_subject=document.share_subject,
        own_text=document.share_text,
        text=_name(document.type),
    )


def _variant(documents: Sequence[Document]) -> str:
    return _SEVERAL if len(documents) > 1 else _name(documents[0].type)


KINDS = (
    MailKind(
        name=_SHARED,
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
