"""Acceptances of quotes as different as customers make them, of which evidence pages are made."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from kontor_documents.rendering.acceptance import Evidence

_WAVE = [[(10 + 4 * n, 60 + 30 * (-1) ** n) for n in range(40)], [(30, 90), (120, 92)], [(140, 20)]]
_CONSENTS = [
    {
        "id": "1",
        "title": "AGB 2026-01",
        "statement": "Ich habe die AGB gelesen und stimme ihnen zu.",
        "sha256": "ef" * 32,
    },
    {
        "id": "2",
        "title": "Widerrufsbelehrung",
        "statement": "Ich habe die Widerrufsbelehrung gelesen.",
        "sha256": "01" * 32,
    },
]
VARIANTS: dict[str, dict[str, Any]] = {
    "drawn": {"signature": {"kind": "drawn", "strokes": _WAVE}},
    "drawn-large": {"signature": {"kind": "drawn", "strokes": [[(x, x % 700) for x in range(0, 4000, 7)]]}},
    "typed": {"signature": {"kind": "typed", "text": "Łucja Ångström-Müller"}, "name": "Łucja Ångström-Müller"},
    "scripts": {
        "signature": {"kind": "typed", "text": "محمد علي"},
        "name": "محمد علي",
        "customer_name": "Σίγμα & Кириллица",
    },
    "click": {"consents": [], "information": [], "left_out": []},
    "deposit": {"asked": "4244.73", "acceptance": ["signature", "deposit"], "consents": _CONSENTS},
    "two-rates": {
        "taxes": [
            {"rate": "19", "taxable": "11000", "tax": "2090"},
            {"rate": "7", "taxable": "890", "tax": "62.30"},
        ]
    },
    "many-lines": {
        "chosen": [{"id": str(n), "name": f"Position {n} " * 9, "quantity": "2.5", "net": "9.90"} for n in range(90)]
    },
    "english": {"language": "en", "button": "Order with obligation to pay"},
}


def acceptances() -> Iterator[tuple[str, Evidence]]:
    """Evidence by a name that says what it is."""
    for name, changes in VARIANTS.items():
        known = {
            "document_id": "01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de", "number": "AN-2026-17", "title": "Wärmepumpe", "revision": 2,
            "content_sha256": "ab" * 32, "pdf_sha256": "cd" * 32, "issued_on": "2026-11-12",
            "accepted_at": datetime(2026, 11, 28, 9, 24, 17, tzinfo=UTC), "time_zone": "Europe/Berlin",
            "customer_number": "20931", "customer_name": "Seidel Optik", "name": "Anna Seidel", "function": "Geschäftsführerin",
            "access": "contact", "actor": "anna@seidel.example", "ip": "2001:db8::7", "user_agent": "Mozilla/5.0 (iPhone)",
            "acceptance": ["signature"], "net": "11890.00", "tax": "2259.10", "gross": "14149.10",
            "chosen": [{"id": "1", "name": "Wärmepumpe 12 kW", "quantity": "1", "net": "11890.00"}],
            "left_out": [{"id": "4", "group": "Zubehör", "name": "Pufferspeicher", "quantity": "1", "net": "990.00"}],
            "button": "Zahlungspflichtig bestellen", "information": ["Gesamtpreis 14.149,10 €", "Gültig bis 30. November 2026"],
        }  # fmt: skip
        yield f"acceptance-{name}", Evidence.model_validate(known | changes)
