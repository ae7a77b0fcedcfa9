"""The English defaults: subject, and what stands between greeting and closing."""

CLOSING = "Kind regards\n[Company.name]"

_LINK = "[PORTAL][Document.customerportal_url]\n\nThe link opens the document without logging in. Please keep it to yourself.[/PORTAL]"
_DETAILS = f"[Overview]\n\n[Attachments]\n\n{_LINK}"


def _shared(first: str, last: str = "") -> str:
    return f"{first}\n\n{_DETAILS}" + (f"\n\n{last}" if last else "")


TEXTS: dict[str, tuple[str, str]] = {
    "document_shared:quote": (
        "Your quote [Quote.number] from [Company.name]",
        _shared(
            "Thank you for your enquiry. Our quote [Quote.number] is ready for you.",
            "If you have any questions, simply reply to this email.",
        ),
    ),
    "document_shared:order_confirmation": (
        "Order confirmation [Confirmation.number] from [Company.name]",
        _shared("Thank you for your order, which we are pleased to confirm."),
    ),
    "document_shared:sales_order": (
        "Your order [Order.number] with [Company.name]",
        _shared("We have entered your order [Order.number]. Here are the details."),
    ),
    "document_shared:delivery_note": (
        "Delivery note [DeliveryNote.number] from [Company.name]",
        _shared(
            "Your delivery is on its way. The delivery note [DeliveryNote.number] is ready for you.",
            "Follow your delivery: [DeliveryNote.tracking_url]",
        ),
    ),
    "document_shared:invoice": (
        "Your invoice [Invoice.number] from [Company.name]",
        _shared("Your invoice [Invoice.number] of [Invoice.date] is ready for you."),
    ),
    "document_shared:reminder": (
        "Payment reminder [Reminder.number] from [Company.name]",
        _shared(
            "This may have slipped your mind: an amount is still open. The details are in [Reminder.number].",
            "If you have paid in the meantime, please disregard this reminder.",
        ),
    ),
    "document_shared:credit_note": (
        "Your credit note [CreditNote.number] from [Company.name]",
        _shared("We have issued a credit note for you."),
    ),
    "document_shared:purchase_order": (
        "Purchase order [PurchaseOrder.number] from [Company.name]",
        _shared("Please find our purchase order [PurchaseOrder.number] here."),
    ),
    "document_shared:receipt": (
        "Your receipt [Receipt.number] from [Company.name]",
        _shared("Thank you for your payment. The receipt is ready for you."),
    ),
    "document_shared:contract": (
        "Contract documents [Contract.number] from [Company.name]",
        _shared("Your contract documents are ready for you."),
    ),
    "document_shared:other": (
        "New document from [Company.name]: [Document.number]",
        _shared("We have made a new document available to you.", "[Document.title]"),
    ),
    "documents_shared": (
        "[Documents.count] new documents from [Company.name]",
        "[Documents.count] new documents are ready for you.\n\n[Documents]\n\n[Attachments]\n\n"
        "[PORTAL]The links open the documents without logging in. Please keep them to yourself.[/PORTAL]",
    ),
    "payment_received": (
        "Payment received: [Payment.amount] for [Document.number]",
        "Thank you! Your payment of [Payment.amount] for [Document.number] has reached us.\n\n"
        "[Overview]\n\n[PORTAL][Document.customerportal_url][/PORTAL]",
    ),
    "payment_pending": (
        "Payment on its way: [Payment.amount] for [Document.number]",
        "Your payment of [Payment.amount] for [Document.number] is on its way. There is nothing more to do; "
        "we will let you know when it has arrived.\n\n[Overview]\n\n[PORTAL][Document.customerportal_url][/PORTAL]",
    ),
    "payment_failed": (
        "Payment failed: [Document.number]",
        "Unfortunately your payment of [Payment.amount] for [Document.number] did not succeed. [Payment.reason]\n\n"
        "[Overview]\n\n[PORTAL]You can try again or pay in another way:\n[Document.customerportal_url][/PORTAL]",
    ),
    "readings_asked": (
        "[ReadingRequest.title]: please take a reading by [ReadingRequest.due_date]",
        "Please let us have the meter reading by [ReadingRequest.due_date]:\n\n[Meters]\n\n"
        "[PORTAL][Link]\n\nIt takes a minute and needs no log-in. "
        "The link is for these readings only; please keep it to yourself.[/PORTAL]\n\n"
        "If you have any questions, simply reply to this email.",
    ),
    "readings_reminded": (
        "Reminder: [ReadingRequest.title], please take a reading by [ReadingRequest.due_date]",
        "We are still missing a meter reading from you. Please take it by [ReadingRequest.due_date]:\n\n[Meters]\n\n"
        "[PORTAL][Link]\n\nIt takes a minute and needs no log-in. "
        "The link is for these readings only; please keep it to yourself.[/PORTAL]\n\n"
        "If you have sent it in the meantime, please disregard this reminder.",
    ),
    "reading_rejected": (
        "Please take another reading: meter [Reading.meter]",
        "Thank you for your meter reading. We have checked it and cannot use it as it is.\n\n"
        "[Reading.reason]\n\n[Overview]\n\nPlease take another reading and let us have it.\n\n"
        "[PORTAL][Client.customerportal_url][/PORTAL]\n\nIf you have any questions, simply reply to this email.",
    ),
    "invitation": (
        "Your access to the customer portal of [Company.name]",
        "[Company.name] has set up a customer portal for you. It keeps all your documents in one place, "
        "to download and, for invoices, to pay. Choose a password to get started.\n\n[Link]\n\n"
        "The link is valid until [Link.valid_until].",
    ),
    "password_reset": (
        "Your password at [Company.name]",
        "Choose a new password for your access at [Company.name] here.\n\n[Link]\n\n"
        "The link is valid until [Link.valid_until].\n\n"
        "If you did not ask for this, there is nothing to do: everything stays as it is.",
    ),
    "login_code": (
        "Your log-in code for [Company.name]",
        "This code shows you all your documents:\n\n[Code]\n\nIt is valid until [Link.valid_until].\n\n"
        "Only enter it on the page where you asked for it. We will never ask you for it.",
    ),
    "document_link": (
        "Your new link from [Company.name]",
        "Here is the new link you asked for.\n\n[Link]\n\nIt is valid until [Link.valid_until].\n\n"
        "The link opens the document without logging in. Please keep it to yourself.",
    ),
    "email_change": (
        "Please confirm your new address",
        "This address is to be used for your access at [Company.name] from now on. Please confirm.\n\n[Link]\n\n"
        "The link is valid until [Link.valid_until]. If it was not you, there is nothing to do.",
    ),
}
