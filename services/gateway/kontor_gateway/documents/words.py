"""What document types, states and units are called. Spoken by `_` in the reader's language."""

from kontor_service.i18n import N_

# In the order in which a portal lists them (C1).
TYPES: dict[str, tuple[str, str]] = {
    "invoice": (N_("Invoice"), N_("Invoices")),
    "quote": (N_("Quote"), N_("Quotes")),
    "order_confirmation": (N_("Order confirmation"), N_("Order confirmations")),
    "sales_order": (N_("Order"), N_("Orders")),
    "delivery_note": (N_("Delivery note"), N_("Delivery notes")),
    "reminder": (N_("Payment reminder"), N_("Payment reminders")),
    "credit_note": (N_("Credit note"), N_("Credit notes")),
    "purchase_order": (N_("Purchase order"), N_("Purchase orders")),
    "receipt": (N_("Receipt"), N_("Receipts")),
    "contract": (N_("Contract"), N_("Contracts")),
    "other": (N_("Document"), N_("Other documents")),
}

REFERENCES: dict[str, str] = {
    "quote": N_("Quote"),
    "order": N_("Order"),
    "sales_order": N_("Order"),
    "order_confirmation": N_("Order confirmation"),
    "purchase_order": N_("Purchase order"),
    "delivery_note": N_("Delivery note"),
    "receiving_advice": N_("Receiving advice"),
    "invoice": N_("Invoice"),
    "contract": N_("Contract"),
    "project": N_("Project"),
    "tender": N_("Tender"),
    "object": N_("Object"),
    "buyer_reference": N_("Your reference"),
}

# Kind of the dot (kontor/parts.html) and word, by the status the copy answers.
STATUS: dict[str, tuple[str, str]] = {
    "open": ("open", N_("open")),
    "overdue": ("late", N_("overdue")),
    "partly_paid": ("part", N_("partly paid")),
    "on_its_way": ("way", N_("on its way")),
    "paid": ("paid", N_("paid in full")),
    "cancelled": ("idle", N_("cancelled")),
}

METHODS: dict[str, str] = {
    "card": N_("Card"),
    "paypal": N_("PayPal"),
    "sepa_debit": N_("SEPA direct debit"),
    "transfer": N_("Bank transfer"),
    "klarna": N_("Klarna"),
    "giropay": N_("giropay"),
    "erp": N_("Booked by us"),
    "cash": N_("Cash"),
    "direct_debit": N_("Direct debit"),
}

# UN/ECE Recommendation 20 and 21, as far as invoices of small and middle firms use them.
UNITS: dict[str, str] = {
    "C62": N_("pc."), "H87": N_("pc."), "EA": N_("pc."), "XPP": N_("pc."), "NAR": N_("pc."),
    "HUR": N_("h"), "MIN": N_("min"), "DAY": N_("days"), "WEE": N_("weeks"), "MON": N_("months"), "ANN": N_("years"),
    "LS": N_("flat"), "KGM": N_("kg"), "GRM": N_("g"), "TNE": N_("t"), "MTR": N_("m"), "LM": N_("m"), "CMT": N_("cm"),
    "MMT": N_("mm"), "KMT": N_("km"), "MTK": N_("m²"), "MTQ": N_("m³"), "LTR": N_("l"), "KWH": N_("kWh"),
    "MWH": N_("MWh"), "SET": N_("set"), "PR": N_("pair"), "XPK": N_("pack"), "XCT": N_("carton"), "P1": N_("%"),
}  # fmt: skip

FAILURES: dict[str, str] = {
    "declined": N_("The payment was declined. You can try again or choose another way to pay."),
    "authentication_failed": N_("The payment was not confirmed. You can try again or choose another way to pay."),
    "expired": N_("The payment was not completed in time. You can start again."),
    "abandoned": N_("The payment was cancelled. You can start again."),
    "": N_("The payment did not work. You can try again or choose another way to pay."),
}
