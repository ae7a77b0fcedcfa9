"""The German defaults: subject, and what stands between greeting and closing."""

CLOSING = "Freundliche Grüße\n[Company.name]"

_LINK = "[PORTAL][Document.customerportal_url]\n\nDer Link öffnet das Dokument ohne Anmeldung. Bitte geben Sie ihn nicht weiter.[/PORTAL]"
_DETAILS = f"[Overview]\n\n[Attachments]\n\n{_LINK}"


def _shared(first: str, last: str = "") -> str:
    return f"{first}\n\n{_DETAILS}" + (f"\n\n{last}" if last else "")


TEXTS: dict[str, tuple[str, str]] = {
    "document_shared:quote": (
        "Ihr Angebot [Quote.number] von [Company.name]",
        _shared(
            "vielen Dank für Ihre Anfrage. Unser Angebot [Quote.number] liegt für Sie bereit.",
            "Bei Fragen antworten Sie einfach auf diese E-Mail.",
        ),
    ),
    "document_shared:order_confirmation": (
        "Auftragsbestätigung [Confirmation.number] von [Company.name]",
        _shared("vielen Dank für Ihren Auftrag, den wir gern bestätigen."),
    ),
    "document_shared:sales_order": (
        "Ihr Auftrag [Order.number] bei [Company.name]",
        _shared("wir haben Ihren Auftrag [Order.number] angelegt. Hier finden Sie alle Einzelheiten."),
    ),
    "document_shared:delivery_note": (
        "Lieferschein [DeliveryNote.number] von [Company.name]",
        _shared(
            "Ihre Lieferung ist unterwegs. Der Lieferschein [DeliveryNote.number] liegt für Sie bereit.",
            "Sendungsverfolgung: [DeliveryNote.tracking_url]",
        ),
    ),
    "document_shared:invoice": (
        "Ihre Rechnung [Invoice.number] von [Company.name]",
        _shared("Ihre Rechnung [Invoice.number] vom [Invoice.date] liegt für Sie bereit."),
    ),
    "document_shared:reminder": (
        "Zahlungserinnerung [Reminder.number] von [Company.name]",
        _shared(
            "sicher ist es Ihnen entgangen: Ein Betrag ist noch offen. Worum es geht, steht in [Reminder.number].",
            "Haben Sie inzwischen bezahlt? Dann ist diese Erinnerung gegenstandslos.",
        ),
    ),
    "document_shared:credit_note": (
        "Ihre Gutschrift [CreditNote.number] von [Company.name]",
        _shared("wir haben Ihnen eine Gutschrift ausgestellt."),
    ),
    "document_shared:purchase_order": (
        "Bestellung [PurchaseOrder.number] von [Company.name]",
        _shared("hiermit erhalten Sie unsere Bestellung [PurchaseOrder.number]."),
    ),
    "document_shared:receipt": (
        "Ihre Quittung [Receipt.number] von [Company.name]",
        _shared("vielen Dank für Ihre Zahlung. Die Quittung liegt für Sie bereit."),
    ),
    "document_shared:contract": (
        "Vertragsunterlagen [Contract.number] von [Company.name]",
        _shared("Ihre Vertragsunterlagen liegen für Sie bereit."),
    ),
    "document_shared:other": (
        "Neues Dokument von [Company.name]: [Document.number]",
        _shared("wir haben ein neues Dokument für Sie bereitgestellt.", "[Document.title]"),
    ),
    "documents_shared": (
        "[Documents.count] neue Dokumente von [Company.name]",
        "für Sie liegen [Documents.count] neue Dokumente bereit.\n\n[Documents]\n\n[Attachments]\n\n"
        "[PORTAL]Die Links öffnen die Dokumente ohne Anmeldung. Bitte geben Sie sie nicht weiter.[/PORTAL]",
    ),
    "payment_received": (
        "Zahlung erhalten: [Payment.amount] für [Document.number]",
        "vielen Dank! Ihre Zahlung von [Payment.amount] für [Document.number] ist bei uns eingegangen.\n\n"
        "[Overview]\n\n[PORTAL][Document.customerportal_url][/PORTAL]",
    ),
    "payment_pending": (
        "Zahlung unterwegs: [Payment.amount] für [Document.number]",
        "Ihre Zahlung von [Payment.amount] für [Document.number] ist unterwegs. Sie brauchen nichts weiter zu tun; "
        "wir melden uns, sobald das Geld da ist.\n\n[Overview]\n\n[PORTAL][Document.customerportal_url][/PORTAL]",
    ),
    "payment_failed": (
        "Zahlung nicht gelungen: [Document.number]",
        "Ihre Zahlung von [Payment.amount] für [Document.number] ist leider nicht gelungen. [Payment.reason]\n\n"
        "[Overview]\n\n"
        "[PORTAL]Sie können es erneut versuchen oder anders bezahlen:\n[Document.customerportal_url][/PORTAL]",
    ),
    "readings_asked": (
        "[ReadingRequest.title]: Bitte bis [ReadingRequest.due_date] ablesen",
        "bitte teilen Sie uns bis zum [ReadingRequest.due_date] den Zählerstand mit:\n\n[Meters]\n\n"
        "[PORTAL][Link]\n\nDas dauert eine Minute und geht ohne Anmeldung. "
        "Der Link gilt nur für diese Ablesung; bitte geben Sie ihn nicht weiter.[/PORTAL]\n\n"
        "Bei Fragen antworten Sie einfach auf diese E-Mail.",
    ),
    "readings_reminded": (
        "Erinnerung: [ReadingRequest.title], bitte bis [ReadingRequest.due_date] ablesen",
        "uns fehlt noch ein Zählerstand von Ihnen. Bitte lesen Sie bis zum [ReadingRequest.due_date] ab:\n\n[Meters]\n\n"
        "[PORTAL][Link]\n\nDas dauert eine Minute und geht ohne Anmeldung. "
        "Der Link gilt nur für diese Ablesung; bitte geben Sie ihn nicht weiter.[/PORTAL]\n\n"
        "Haben Sie den Stand inzwischen mitgeteilt? Dann ist diese Erinnerung gegenstandslos.",
    ),
    "reading_rejected": (
        "Bitte noch einmal ablesen: Zähler [Reading.meter]",
        "vielen Dank für Ihren Zählerstand. Wir haben ihn geprüft und können ihn so nicht verwenden.\n\n"
        "[Reading.reason]\n\n[Overview]\n\n"
        "Bitte lesen Sie noch einmal ab und teilen Sie uns den Stand mit.\n\n"
        "[PORTAL][Client.customerportal_url][/PORTAL]\n\nBei Fragen antworten Sie einfach auf diese E-Mail.",
    ),
    "invitation": (
        "Ihr Zugang zum Kundenportal von [Company.name]",
        "[Company.name] hat für Sie ein Kundenportal eingerichtet. Dort finden Sie alle Dokumente an einem Ort, "
        "können sie herunterladen und Rechnungen bezahlen. Wählen Sie ein Passwort, und es kann losgehen.\n\n[Link]\n\n"
        "Der Link gilt bis [Link.valid_until].",
    ),
    "password_reset": (
        "Ihr Passwort bei [Company.name]",
        "hier wählen Sie ein neues Passwort für Ihren Zugang bei [Company.name].\n\n[Link]\n\n"
        "Der Link gilt bis [Link.valid_until].\n\n"
        "Haben Sie das nicht angefordert? Dann brauchen Sie nichts zu tun: Es bleibt alles, wie es ist.",
    ),
    "login_code": (
        "Ihr Anmeldecode für [Company.name]",
        "mit diesem Code sehen Sie alle Ihre Dokumente:\n\n[Code]\n\nEr gilt bis [Link.valid_until].\n\n"
        "Geben Sie ihn nur auf der Seite ein, auf der Sie ihn angefordert haben. Wir fragen nie danach.",
    ),
    "document_link": (
        "Ihr neuer Link von [Company.name]",
        "hier ist der neue Link, den Sie angefordert haben.\n\n[Link]\n\nEr gilt bis [Link.valid_until].\n\n"
        "Der Link öffnet das Dokument ohne Anmeldung. Bitte geben Sie ihn nicht weiter.",
    ),
    "email_change": (
        "Bitte bestätigen Sie Ihre neue Adresse",
        "diese Adresse soll künftig für Ihren Zugang bei [Company.name] gelten. Bitte bestätigen Sie das.\n\n[Link]\n\n"
        "Der Link gilt bis [Link.valid_until]. Waren Sie das nicht, brauchen Sie nichts zu tun.",
    ),
}
