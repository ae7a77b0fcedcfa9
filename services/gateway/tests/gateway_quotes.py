"""Quotes with everything that can be chosen, for tests of the portal's pages."""

from typing import Any

import orjson

from kontor.documents.v1 import documents_pb2
from kontor_service.ids import uuid7

SHA = "d" * 64
RIGHTS = ["account", "documents:accept", "documents:comment", "documents:pay", "documents:read"]


def line(id: str, name: str, net: str, **more: Any) -> dict[str, Any]:
    known = {"id": id, "name": name, "quantity": "1", "unit": "C62", "net_price": net, "net": net, "tax_rate": "19"}
    return {**known, "allowances_charges": [], "attributes": [], **more}


LINES = [
    line("1", "Wärmepumpe Luft/Wasser, 12 kW", "11890.00", description="Aufstellung außen, mit Fundament und Anschluss"),
    line("2", "Montage durch zwei Monteure", "2240.00", quantity="16", unit="HUR", net_price="140.00"),
    line("3", "Außengerät in Weiß", "0.00", alternative="Farbe des Außengeräts", selected=True),
    line("4", "Außengerät in Anthrazit", "390.00", alternative="Farbe des Außengeräts"),
    line("5", "Pufferspeicher 300 l", "1190.00", group="Zubehör", optional=True, selected=True),
    line("6", "Heizkörperthermostat, funkgesteuert", "276.00", quantity="4", net_price="69.00", group="Zubehör",
         optional=True, quantity_min="1", quantity_max="12"),
    line("7", "Wartung im ersten Jahr", "249.00", group="Service", optional=True,
         description="Ein Termin, einschließlich Anfahrt und Verbrauchsmaterial"),
]  # fmt: skip
CONTENT: dict[str, Any] = {
    "type": "quote", "currency": "EUR", "notes": [], "payment_terms": "Zahlbar in 14 Tagen nach Abnahme.",
    "introduction": "Guten Tag Frau Seidel,\nvielen Dank für das Gespräch. Wir bieten Ihnen gern an:",
    "closing": "Wir freuen uns auf Ihren Auftrag.",
    "seller": {"name": "Brunner Haustechnik GmbH", "vat_id": "DE123456789",
               "address": {"line1": "Werkstraße 4", "post_code": "86153", "city": "Augsburg"}},
    "buyer": {"name": "Anna Seidel", "address": {"line1": "Lindenweg 4", "post_code": "86150", "city": "Augsburg"}},
    "allowances_charges": [{"amount": "459.60", "percent": "3", "reason": "Frühbucherrabatt", "tax_category": "S", "tax_rate": "19"}],
    "tax_breakdown": [], "lines": LINES,
    "totals": {"line_net": "15320.00", "net": "14860.40", "tax": "2823.48", "gross": "17683.88", "due": "17683.88"},
}  # fmt: skip
STANDING = [
    {"id": "agb-3", "number": 3, "title": "Allgemeine Geschäftsbedingungen", "kind": "terms", "consent": True, "language": "de",
     "sentence": "Ich habe die Allgemeinen Geschäftsbedingungen gelesen und stimme ihnen zu.", "name": "agb.pdf"},
    {"id": "widerruf-1", "number": 1, "title": "Widerrufsbelehrung", "kind": "withdrawal", "consent": False, "language": "de",
     "sentence": "", "name": "widerruf.pdf"},
]  # fmt: skip


def selection(
    *, thermostats: str | None = None, without: tuple[str, ...] = (), net: int = 1486040, **more: Any
) -> documents_pb2.Selection:
    """As the owner keeps it: what the quote proposes, or with thermostats or without some lines."""
    chosen = {"3": True, "4": False, "5": True, "6": thermostats is not None, "7": False} | dict.fromkeys(
        without, False
    )
    nets = {"3": 0, "4": 39000, "5": 119000, "6": 6900 * int(thermostats or 4), "7": 24900}
    lines = [
        documents_pb2.ChosenLine(id=id, selected=picked, quantity=(thermostats or "4") if id == "6" else "1", net_minor=nets[id])
        for id, picked in chosen.items()
    ]  # fmt: skip
    tax = (net * 19 + 50) // 100
    known = {
        "net_minor": net,
        "tax_minor": tax,
        "gross_minor": net + tax,
        "revision": 1,
        "taxes": [vat("19", net, tax)],
    }
    return documents_pb2.Selection(lines=lines, **known | more)


def vat(rate: str, taxable_minor: int, tax_minor: int) -> documents_pb2.SelectionTax:
    return documents_pb2.SelectionTax(category="S", rate=rate, taxable_minor=taxable_minor, tax_minor=tax_minor)


async def quote(portal: Any, merchant: str, customer: str, **more: Any) -> str:
    """A shared quote whose lines are there already."""
    chosen = more.pop("selection", selection())
    values: dict[str, Any] = {
        "type": "quote", "title": "Wärmepumpe für das Haus Lindenweg 4", "due_date": "", "valid_until": "2999-12-31", "revision": 1,
        "acceptance": ["signature"], "selection": chosen, "net_minor": 1486040, "tax_minor": 282348, "gross_minor": 1768388,
        "amount_due_minor": 1768388, "content_sha256": SHA, "id": str(uuid7()),
    } | more  # fmt: skip
    values.setdefault("standing_documents", [documents_pb2.StandingDocumentVersion(**one) for one in STANDING])
    id = str(await portal.document(merchant, customer, "AN-2026-17", **values))
    await portal.edge.views.pool.execute(
        "INSERT INTO content (merchant_id, sha256, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        merchant, values["content_sha256"], orjson.dumps(CONTENT).decode(),
    )  # fmt: skip
    return id
