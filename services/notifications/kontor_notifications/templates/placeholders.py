"""Every placeholder a mail may hold, under its names. README and GET /v1/templates list them from here."""

from dataclasses import dataclass
from functools import cache

from kontor_notifications.templates import kinds

# A value can be text, an address to follow, or a block of its own (table, list, code).
TEXT, LINK, BLOCK = "text", "link", "block"


@dataclass(frozen=True)
class Placeholder:
    """`name` is the canonical one; `aliases` are other spellings of the part behind the dot (or of the whole)."""

    name: str
    meaning: str
    aliases: tuple[str, ...] = ()
    form: str = TEXT


# What stands before the dot. A type's own words are only right in a mail about that type.
_OBJECTS = {
    "Document": ("Dokument",),
    "Client": ("Customer", "Kunde"),
    "Contact": ("Ansprechpartner",),
    "Company": ("Merchant", "Firma"),
    "Payment": ("Zahlung",),
    "ReadingRequest": ("Ablesung",),
    "Meters": ("Zähler",),
    "Reading": ("Zählerstand",),
}
_TYPE_WORDS = {
    "quote": ("Quote", "Offer", "Angebot"),
    "order_confirmation": ("Confirmation", "OrderConfirmation", "Auftragsbestätigung"),
    "sales_order": ("SalesOrder", "Order", "Auftrag"),
    "delivery_note": ("DeliveryNote", "Lieferschein"),
    "invoice": ("Invoice", "Rechnung"),
    "reminder": ("Reminder", "Mahnung"),
    "credit_note": ("CreditNote", "Gutschrift"),
    "purchase_order": ("PurchaseOrder", "Bestellung"),
    "receipt": ("Receipt", "Quittung"),
    "contract": ("Contract", "Vertrag"),
    "other": (),
}
_PORTAL_URL = ("portal_url", "kundenportal_url")

_ALWAYS = (
    Placeholder("Greeting", "Guten Tag, with the contact's name where it is known", ("Anrede",)),
    Placeholder("Client.name", "The customer's name"),
    Placeholder("Client.number", "The customer's number", ("nummer",)),
    Placeholder("Contact.name", "The contact person's name, else the customer's"),
    Placeholder("Contact.email", "The address the mail goes to", ("e-mail",)),
    Placeholder("Company.name", "Your name"),
    Placeholder("Company.email", "Your contact address", ("e-mail",)),
    Placeholder("Company.phone", "Your telephone number", ("telefon",)),
    Placeholder("Company.address", "Your postal address in one line", ("anschrift", "adresse")),
)
_CUSTOMER_LINK = Placeholder("Client.customerportal_url", "Link to all documents of the customer", _PORTAL_URL, LINK)
_ATTACHMENTS = Placeholder("Attachments", "Names of the attached files; nothing where none are", ("Anlagen", "Anhang"))
_DOCUMENT = (
    Placeholder("Document.type", "Rechnung, Angebot, … in the mail's language", ("art", "typ")),
    Placeholder("Document.number", "The document's number", ("nummer",)),
    Placeholder("Document.title", "Its title or subject", ("titel", "betreff")),
    Placeholder("Document.date", "Date of issue", ("datum",)),
    Placeholder("Document.due_date", "Due date", ("fällig_am", "faellig_am", "fälligkeit")),
    Placeholder("Document.valid_until", "Until when a quote holds", ("gültig_bis", "gueltig_bis")),
    Placeholder("Document.amount", "What is to be paid; without that, the gross total", ("betrag",)),
    Placeholder("Document.open_amount", "What is still open now", ("offener_betrag",)),
    Placeholder("Document.gross", "Gross total", ("brutto",)),
    Placeholder("Document.net", "Net total", ("netto",)),
    Placeholder("Document.tax", "Tax total", ("steuer", "umsatzsteuer")),
    Placeholder("Document.cash_discount", "Cash discount terms", ("skonto",)),
    Placeholder("Document.payment_reference", "What to write on a transfer", ("verwendungszweck",)),
    Placeholder("Document.tracking_url", "Where a delivery can be followed", ("sendungsverfolgung",)),
    Placeholder(
        "Document.customerportal_url", "Secret link to the document in the portal", (*_PORTAL_URL, "link"), LINK
    ),
    _ATTACHMENTS,
    Placeholder("Overview", "Table of number, date, amount and due date", ("Übersicht", "Uebersicht"), BLOCK),
)
_PAYMENT = (
    Placeholder("Payment.amount", "Amount of this payment", ("betrag",)),
    Placeholder("Payment.method", "Way of paying", ("zahlart",)),
    Placeholder("Payment.expected_on", "When money on its way is expected", ("erwartet_am",)),
    Placeholder("Payment.reason", "Why a payment failed, in a sentence", ("grund",)),
)
_READING_REQUEST = (
    Placeholder("ReadingRequest.title", "What the readings are asked for", ("titel",)),
    Placeholder("ReadingRequest.due_date", "Until when they are asked for", ("frist", "fällig_am", "faellig_am")),
    Placeholder("Meters", "List of the meters whose reading is missing", ("Zähler", "Zaehler"), BLOCK),
    Placeholder("Meters.count", "How many meters", ("anzahl",)),
)
_READING = (
    Placeholder("Reading.meter", "The meter's number", ("zähler", "zaehler")),
    Placeholder("Reading.value", "The reading, as on the meter's face", ("wert", "stand")),
    Placeholder("Reading.date", "When it was taken", ("datum",)),
    Placeholder("Reading.reason", "What your staff wrote when they rejected it", ("grund",)),
    Placeholder("Overview", "Table of meter, reading and date", ("Übersicht", "Uebersicht"), BLOCK),
)
_DOCUMENTS = Placeholder("Documents", "List of the documents, each with its link", ("Dokumente",), BLOCK)
_COUNT = Placeholder("Documents.count", "How many documents", ("anzahl",))
_LINK = Placeholder("Link", "The mail's link", (), LINK)
_CODE = Placeholder("Code", "The log-in code", (), BLOCK)
_EXPIRES = Placeholder("Link.valid_until", "Until when link or code hold", ("gültig_bis", "gueltig_bis"))


def placeholders(kind: str) -> tuple[Placeholder, ...]:
    """What a template of this kind may use."""
    if kind.startswith(kinds.SHARED + ":"):
        return (*_ALWAYS, _CUSTOMER_LINK, *_DOCUMENT, _LINK)
    if kind == kinds.BUNDLE:
        return (*_ALWAYS, _CUSTOMER_LINK, _DOCUMENTS, _COUNT, _ATTACHMENTS)
    if kind in kinds.PAYMENTS:
        return (*_ALWAYS, _CUSTOMER_LINK, *_DOCUMENT, *_PAYMENT, _LINK)
    if kind in kinds.READING_REQUESTS:
        return (*_ALWAYS, _CUSTOMER_LINK, *_READING_REQUEST, _LINK)
    if kind == kinds.REJECTED:
        return (*_ALWAYS, _CUSTOMER_LINK, *_READING)
    if kind == "login_code":
        return (*_ALWAYS, _CODE, _EXPIRES)
    return (*_ALWAYS, _LINK, _EXPIRES)


def spellings(placeholder: Placeholder, kind: str) -> list[str]:
    """Every way to write a placeholder in a template of this kind, the canonical one first."""
    head, dot, field = placeholder.name.partition(".")
    if not dot:
        return [head, *placeholder.aliases]
    heads = [head, *_OBJECTS.get(head, ())]
    if head == "Documents":
        heads.append("Dokumente")
    if head == "Document":
        # Payments are about what can be paid; a type's mail is about that type.
        about = kinds.document_type(kind) or ("invoice" if kind in kinds.PAYMENTS else "other")
        heads += _TYPE_WORDS[about]
    fields = [field, *(alias for alias in placeholder.aliases if "." not in alias)]
    return [f"{one}.{other}" for other in fields for one in heads]


@cache
def names(kind: str) -> dict[str, Placeholder]:
    """Placeholders of a template of this kind by every spelling, in lower case."""
    return {
        spelling.lower(): placeholder for placeholder in placeholders(kind) for spelling in spellings(placeholder, kind)
    }
