"""The demo merchant: a heating firm in Augsburg with customers and documents as such a firm has them."""

from typing import Any

SLUG = "brunner"
OWNER = {"name": "Martin Brunner", "email": "martin@brunner-haustechnik.example"}
CUSTOMER_EMAIL = "anna.seidel@seidel-optik.example"

SETTINGS: dict[str, Any] = {
    "accent_color": "#0b5d4e",
    "contact_email": "buero@brunner-haustechnik.example",
    "contact_phone": "+49 821 4550120",
    "automatic_release": True,
    "payments_enabled": True,
    "document_types": [
        {"type": kind, "visible": True}
        for kind in (
            "quote", "order_confirmation", "sales_order", "delivery_note", "invoice", "reminder", "credit_note",
            "purchase_order", "receipt", "contract", "other",
        )
    ],
    "address": {"line1": "Werkstraße 4", "post_code": "86153", "city": "Augsburg", "country": "DE"},
    "vat_id": "DE136695976",
    "tax_number": "103/115/20459",
    "register_entry": "Amtsgericht Augsburg, HRB 20459",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "account_holder": "Brunner Haustechnik GmbH",
    "mail_reply_to": "buero@brunner-haustechnik.example",
    "footer_links": [
        {"label": "Impressum", "url": "https://brunner-haustechnik.example/impressum"},
        {"label": "Datenschutz", "url": "https://brunner-haustechnik.example/datenschutz"},
    ],
}  # fmt: skip

CUSTOMERS: list[dict[str, Any]] = [
    {
        "number": "20931", "name": "Seidel Optik", "kind": "business", "email": "rechnung@seidel-optik.example",
        "address": {"line1": "Lange Gasse 12", "post_code": "86152", "city": "Augsburg", "country": "DE"},
        "contacts": [{"name": "Anna Seidel", "function": "Inhaberin", "email": CUSTOMER_EMAIL, "language": "de"}],
    },
    {
        "number": "20417", "name": "Praxis Dr. Hahn", "kind": "business", "email": "praxis@dr-hahn.example",
        "address": {"line1": "Maximilianstraße 48", "post_code": "86150", "city": "Augsburg", "country": "DE"},
        "contacts": [{"name": "Dr. Petra Hahn", "email": "petra.hahn@dr-hahn.example", "language": "de"}],
    },
    {
        "number": "20388", "name": "Weinhaus Kögl", "kind": "business", "email": "buchhaltung@weinhaus-koegl.example",
        "address": {"line1": "Annastraße 7", "post_code": "86150", "city": "Augsburg", "country": "DE"},
    },
    {
        "number": "20102", "name": "Hausverwaltung Lechfeld GmbH", "kind": "business",
        "email": "verwaltung@hv-lechfeld.example", "vat_id": "DE811569869",
        "address": {"line1": "Bürgermeister-Aurnhammer-Straße 31", "post_code": "86199", "city": "Augsburg", "country": "DE"},
        "contacts": [
            {"name": "Jonas Wirth", "function": "Objektbetreuung", "email": "jonas.wirth@hv-lechfeld.example",
             "gets_invoices": False},
            {"name": "Claudia Merk", "function": "Buchhaltung", "email": "claudia.merk@hv-lechfeld.example",
             "gets_quotes": False},
        ],
    },
    {
        "number": "30144", "name": "Jochen Weber", "kind": "consumer",
        "address": {"line1": "Am Kornfeld 3", "post_code": "86368", "city": "Gersthofen", "country": "DE"},
    },
    {
        "number": "30207", "name": "Sarah Miller", "kind": "consumer", "email": "sarah.miller@mail.example", "language": "en",
        "address": {"line1": "Hochfeldstraße 22", "post_code": "86159", "city": "Augsburg", "country": "DE"},
    },
]  # fmt: skip


def line(name: str, quantity: str, unit: str, price: str, description: str = "", rate: str = "19") -> dict[str, str]:
    return {
        "name": name, "quantity": quantity, "unit": unit, "net_price": price, "description": description,
        "tax_rate": rate,
    }  # fmt: skip


_SERVICE = line("Wartung Heizungsanlage", "1", "LS", "189.00", "Jahreswartung laut Vertrag W-118, inkl. Abgasmessung")
_HOURS = line("Monteurstunde", "2.5", "HUR", "64.00")
_PUMP = line("Umwälzpumpe Alpha2 25-60", "1", "H87", "312.50", "Austausch einschließlich Entsorgung der alten Pumpe")
_BOILER = line("Gas-Brennwertgerät 20 kW", "1", "H87", "4280.00", "Wandgerät mit Warmwasserspeicher 120 l")
_FLUE = line("Abgasleitung Edelstahl", "6", "MTR", "74.50")
_HYDRAULIC = line("Hydraulischer Abgleich nach Verfahren B", "1", "LS", "690.00")
_VALVE = line("Thermostatventil", "8", "H87", "34.90")
_DRIVE = line("Anfahrt", "18", "KMT", "0.80")

# (days ago, days until due, document without dates); amounts are net prices in EUR
DOCUMENTS: list[tuple[int, int | None, dict[str, Any]]] = [
    (64, None, {
        "type": "quote", "number": "AN-2026-0287", "customer_number": "20931", "title": "Austausch Umwälzpumpe",
        "lines": [_PUMP, _HOURS],
    }),
    (58, None, {
        "type": "order_confirmation", "number": "AB-2026-0788", "customer_number": "20931",
        "references": [{"kind": "quote", "number": "AN-2026-0287"}], "lines": [_PUMP, _HOURS],
    }),
    (14, None, {
        "type": "delivery_note", "number": "LS-2026-0611", "customer_number": "20931", "lines": [_PUMP],
        "references": [{"kind": "order_confirmation", "number": "AB-2026-0788"}],
        "shipping": {"carrier": "DHL", "tracking_number": "00340434161094042557",
                     "tracking_url": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html"},
    }),
    (9, 14, {
        "type": "invoice", "number": "RE-2026-1042", "customer_number": "20931", "lines": [_SERVICE, _PUMP, _HOURS],
        "introduction": "für die ausgeführten Arbeiten berechnen wir Ihnen wie vereinbart:",
        "closing": "Vielen Dank für Ihren Auftrag. Die alte Pumpe haben wir fachgerecht entsorgt.",
        "references": [{"kind": "order_confirmation", "number": "AB-2026-0788"},
                       {"kind": "delivery_note", "number": "LS-2026-0611"}],
        "cash_discounts": [{"days": 14, "percent": "2"}],
    }),
    (40, 14, {
        "type": "invoice", "number": "RE-2026-0971", "customer_number": "20931", "lines": [_SERVICE, _DRIVE],
    }),
    (97, 14, {
        "type": "invoice", "number": "RE-2026-0815", "customer_number": "20931",
        "lines": [_VALVE, line("Montage Ventile", "3", "HUR", "64.00")],
        "allowances_charges": [{"amount": "20.00", "reason": "Treuerabatt", "tax_category": "S", "tax_rate": "19"}],
    }),
    (128, 14, {
        "type": "invoice", "number": "RE-2026-0702", "customer_number": "20931",
        "lines": [line("Notdienst Heizungsausfall", "1", "LS", "145.00"), _DRIVE],
    }),
    (90, None, {
        "type": "credit_note", "number": "GS-2026-0041", "customer_number": "20931",
        "lines": [line("Gutschrift Thermostatventil (Rückgabe)", "2", "H87", "34.90")],
        "references": [{"kind": "invoice", "number": "RE-2026-0815"}],
    }),
    (5, 9, {
        "type": "reminder", "number": "MA-2026-0077", "customer_number": "20931", "title": "Zahlungserinnerung",
        "references": [{"kind": "invoice", "number": "RE-2026-0971"}],
        "introduction": "sicher haben Sie unsere Rechnung RE-2026-0971 nur übersehen.",
        "lines": [line("Offener Betrag aus Rechnung RE-2026-0971", "1", "LS", "242.05", rate="0") | {"tax_category": "O"}],
    }),
    (3, None, {
        "type": "quote", "number": "AN-2026-0311", "customer_number": "20931", "title": "Neue Gastherme",
        "valid_days": 21, "lines": [_BOILER, _FLUE, _HYDRAULIC, line("Monteurstunde", "16", "HUR", "64.00")],
        "introduction": "gerne bieten wir Ihnen den Austausch Ihrer Gastherme wie besprochen an.",
    }),
    (58, None, {
        "type": "sales_order", "number": "AU-2026-0402", "customer_number": "20931", "lines": [_PUMP],
        "references": [{"kind": "order_confirmation", "number": "AB-2026-0788"}],
    }),
    (380, None, {
        "type": "contract", "number": "W-118", "customer_number": "20931", "title": "Wartungsvertrag W-118",
        "introduction": "Wartung der Heizungsanlage Lange Gasse 12, einmal jährlich, Kündigungsfrist drei Monate.",
        "lines": [line("Jahreswartung", "1", "ANN", "189.00")],
    }),
    (21, None, {
        "type": "receipt", "number": "BL-2026-3391", "customer_number": "20931", "title": "Barverkauf Ersatzteile",
        "lines": [line("Dichtungssatz", "2", "SET", "8.40"), line("Entlüfterschlüssel", "1", "H87", "3.20")],
    }),
    (30, None, {
        "type": "other", "number": "PR-2026-0118", "customer_number": "20931", "title": "Abgasmessprotokoll 2026",
        "introduction": "CO 34 ppm, Abgasverlust 5 %, Kesseltemperatur 62 °C. Die Anlage erfüllt die 1. BImSchV.",
    }),
    (2, None, {
        "type": "purchase_order", "number": "BE-2026-0093", "customer_number": "20388", "title": "Präsentkörbe",
        "lines": [line("Weinpräsent Franken", "12", "H87", "24.90")],
    }),
    (6, 14, {
        "type": "invoice", "number": "RE-2026-1051", "customer_number": "20417", "lines": [_SERVICE, _DRIVE],
    }),
    (33, 14, {
        "type": "invoice", "number": "RE-2026-0988", "customer_number": "20388",
        "lines": [line("Kühlaggregat Weinkeller prüfen", "1", "LS", "260.00"), _DRIVE],
    }),
    (4, 14, {
        "type": "invoice", "number": "RE-2026-1066", "customer_number": "20102",
        "lines": [line(f"Wartung Wohnanlage Haus {house}", "1", "LS", "156.00") for house in "ABCDEFGH"],
        "cash_discounts": [{"days": 10, "percent": "3"}],
    }),
    (4, None, {
        "type": "quote", "number": "AN-2026-0315", "customer_number": "20102", "valid_days": 30,
        "title": "Sanierung Heizzentrale", "lines": [_BOILER | {"quantity": "2"}, _FLUE, _HYDRAULIC],
    }),
    (8, 14, {
        "type": "invoice", "number": "RE-2026-1070", "customer_number": "30207", "language": "en",
        "lines": [line("Boiler inspection", "1", "LS", "129.00"), line("Travel", "12", "KMT", "0.80")],
        "closing": "Thank you for your business.",
    }),
    # What waits in the release list: nobody to mail to, an unknown number.
    (1, 14, {
        "type": "invoice", "number": "RE-2026-1112", "customer_number": "30144", "lines": [_HOURS, _DRIVE],
    }),
    (1, 14, {
        "type": "invoice", "number": "RE-2026-1107", "customer_number": "20999", "lines": [_SERVICE],
        "buyer": {"name": "Lechfeld Immobilien", "vat_id": "DE811569869",
                  "address": {"line1": "Postfach 11", "post_code": "86199", "city": "Augsburg"}},
    }),
]  # fmt: skip

# Paid in the ERP: number → (days ago, share of the amount due)
PAID: dict[str, tuple[int, str]] = {
    "RE-2026-0815": (85, "1"),
    "RE-2026-0702": (120, "1"),
    "RE-2026-0988": (20, "0.5"),
    "BL-2026-3391": (21, "1"),
}
OPEN_INVOICE = "RE-2026-1042"
