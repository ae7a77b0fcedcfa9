"""Invoices, credit notes and corrections as different as Kontor's merchants write them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.codelists import ZUGFERD_EN16931
from kontor_documents.einvoice.totals import complete

_SELLER = {
    "name": "Brunner Haustechnik GmbH", "vat_id": "DE123456789", "tax_number": "103/5555/0815",
    "legal_info": "Amtsgericht Augsburg, HRB 12345",
    "address": {"line1": "Werkstraße 4", "post_code": "86153", "city": "Augsburg", "country": "DE"},
    "contact": {"name": "Maria Brunner", "phone": "+49 821 123456", "email": "info@brunner.example"},
    "electronic_address": {"id": "info@brunner.example", "scheme": "EM"},
}  # fmt: skip
_BUYER = {
    "name": "Seidel Optik", "vat_id": "DE987654321",
    "address": {"line1": "Lange Gasse 12", "post_code": "86152", "city": "Augsburg", "country": "DE"},
    "contact": {"email": "anna@seidel.example"}, "electronic_address": {"id": "anna@seidel.example", "scheme": "EM"},
}  # fmt: skip
_TRANSFER = [{"code": "58", "account": {"iban": "DE02120300000000202051", "bic": "BYLADEM1001", "holder": "Brunner"}}]
_WORK = {"name": "Wartung Heizungsanlage", "quantity": "1", "unit": "LS", "net_price": "189.00", "tax_rate": "19"}
_HOURS = {"name": "Monteurstunde", "quantity": "2.5", "unit": "HUR", "net_price": "64.00", "tax_rate": "19"}


def _line(**changes: Any) -> dict[str, Any]:
    return _WORK | changes


def _untaxed(category: str, reason: str, **changes: Any) -> dict[str, Any]:
    lines = [_line(tax_category=category, tax_rate=None if category == "O" else "0")]
    return {"lines": lines, "tax_exemptions": [{"category": category, "reason": reason}], **changes}


def _abroad(country: str, vat_id: str) -> dict[str, Any]:
    address = {"line1": "Hauptplatz 1", "post_code": "1010", "city": "Wien", "country": country}
    return {**_BUYER, "vat_id": vat_id, "address": address}


# What differs from an ordinary invoice.
VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "one-line": {"lines": [_WORK]},
    "forty-lines": {"lines": [_line(name=f"Position {n}", quantity=str(n), net_price=f"{n}.99") for n in range(1, 41)]},
    "two-rates": {"lines": [_WORK, _line(name="Fachbuch", unit="C62", net_price="24.90", tax_rate="7")]},
    "cents": {"lines": [_line(quantity="3", net_price="0.3333"), _line(quantity="1951593", net_price="0.000005", unit="KWH")]},
    "price-per-hundred": {"lines": [_line(name="Schraube", quantity="250", unit="C62", net_price="4.80", price_base_quantity="100")]},
    "gross-price": {"lines": [_line(net_price="80", gross_price="100", price_discount="20")]},
    "discounts": {
        "lines": [_line(allowances_charges=[{"amount": "10.00", "reason": "Treuerabatt"}]), _HOURS],
        "allowances_charges": [
            {"amount": "5.00", "reason": "Rabatt", "tax_category": "S", "tax_rate": "19"},
            {"charge": True, "amount": "7.50", "reason": "Anfahrt", "tax_category": "S", "tax_rate": "19"},
        ],
    },
    "cash-discount": {"cash_discounts": [{"days": 7, "percent": "2"}, {"days": 14, "percent": "1"}]},
    "prepaid": {"prepaid": "100.00"},
    "paid": {"prepaid": "415.31"},
    "rounded": {"rounding": "0.04"},
    "negative-line": {"lines": [_WORK, _line(name="Rücknahme", quantity="-1", net_price="20.00")]},
    "free-of-charge": {"lines": [_line(net_price="0")]},
    "small-business": _untaxed("E", "Kleinunternehmer nach § 19 UStG"),
    "reverse-charge": _untaxed("AE", "Steuerschuldnerschaft des Leistungsempfängers", buyer=_abroad("AT", "ATU12345678")),
    "inside-the-union": _untaxed(
        "K", "Steuerfreie innergemeinschaftliche Lieferung", buyer=_abroad("AT", "ATU12345678"),
        ship_to={"name": "Lager Wien", "address": {"line1": "Weg 1", "post_code": "1010", "city": "Wien", "country": "AT"}},
    ),
    "export": _untaxed("G", "Steuerfreie Ausfuhrlieferung", buyer=_abroad("CH", "")),
    "zero-rate": {"lines": [_line(tax_category="Z", tax_rate="0")]},
    "foreign-currency": {"currency": "CHF", "tax_currency": None},
    "debit": {
        "payment_means": [
            {"code": "59", "mandate": "M-4711", "creditor_id": "DE98ZZZ09999999999", "debited_iban": "DE02120300000000202051"}
        ]
    },
    "no-means": {"payment_means": []},
    "card": {"payment_means": [{"code": "48", "card_number_end": "1234", "card_holder": "Anna Seidel"}]},
    "period": {"delivery_date": None, "billing_period": {"start": "2026-10-01", "end": "2026-10-31"}},
    "line-periods": {"lines": [_line(period={"start": "2026-10-01", "end": "2026-10-15"}), _HOURS]},
    "payee": {"payee": {"name": "Factoring AG", "identifiers": [{"id": "F-1"}]}},
    "tax-representative": {
        "tax_representative": {
            "name": "Steuerkanzlei Wien", "vat_id": "ATU12345678",
            "address": {"line1": "Ring 1", "post_code": "1010", "city": "Wien", "country": "AT"},
        }
    },
    "ship-to": {
        "ship_to": {
            "name": "Baustelle Nord", "address": {"line1": "Feldweg 2", "post_code": "86154", "city": "Augsburg", "country": "DE"},
        }
    },
    "two-buyer-numbers": {
        "customer_number": "20931",
        "buyer": {**_BUYER, "identifiers": [{"id": "4000001123452", "scheme": "0088"}, {"id": "B-77"}]},
    },
    "references": {
        "references": [
            {"kind": "order", "number": "B-2026-77"}, {"kind": "contract", "number": "V-1"}, {"kind": "project", "number": "P-9"},
            {"kind": "delivery_note", "number": "LS-88"}, {"kind": "quote", "number": "AN-12"},
            {"kind": "object", "number": "Z-1", "scheme": "ABZ"},
        ]
    },
    "items": {
        "lines": [
            _line(
                description="Mit Protokoll", note="Bitte aufbewahren", seller_item_id="A-1", buyer_item_id="K-1",
                standard_item_id={"id": "4012345678901", "scheme": "0160"}, country_of_origin="DE",
                classifications=[{"code": "30161500", "scheme": "TST", "version": "1"}], attributes=[("Farbe", "Weiß")],
                order_line="10", accounting_reference="4400",
            )
        ]
    },
    "attachments": {"attachments": [{"description": "Aufmaß"}, {"description": "Nachweis", "url": "https://example.com/n.pdf"}]},
    "notes": {"notes": [("AAI", "Zahlbar ohne Abzug."), ("", "Vielen Dank für Ihren Auftrag!")], "introduction": "Guten Tag"},
    "scripts": {
        "buyer": {**_BUYER, "name": "Łódź Šport & Ærø – Ελληνικά, Кириллица <ÄÖÜß>"},
        "lines": [_line(name='Ø 20 mm × 3 m, „Größe" & <Rest>', description="Zeile 1\nZeile 2")],
    },
    "consumer": {"buyer": {"name": "Anna Weiß", "address": {"line1": "Weg 1", "post_code": "86150", "city": "Augsburg"}}},
    "no-buyer-reference": {"buyer_reference": "", "customer_number": "20931"},
    "no-contact": {"seller": {**_SELLER, "contact": None}},
    "no-electronic-address": {"seller": {**_SELLER, "electronic_address": None}},
    "large": {"lines": [_line(quantity="1000", net_price="98765432.10")]},
    "english": {"language": "en", "buyer": _abroad("IE", "IE1234567T")},
}  # fmt: skip
_TYPES: dict[str, dict[str, Any]] = {
    "invoice": {"type": "invoice"},
    "credit-note": {"type": "credit_note", "references": [{"kind": "invoice", "number": "RE-1", "issued_on": "2026-10-01"}]},
    "correction": {
        "type": "invoice", "type_code": "384", "references": [{"kind": "invoice", "number": "RE-1", "issued_on": "2026-10-01"}],
    },
    "partial": {"type": "invoice", "type_code": "326"},
    "prepayment": {"type": "invoice", "type_code": "386"},
}  # fmt: skip
# The rarer types need not be tried with everything.
_OF_EACH = {"partial": ("plain", "two-rates", "prepaid"), "prepayment": ("plain", "two-rates", "cash-discount")}


def documents() -> Iterator[tuple[str, DocumentData]]:
    """Complete data by a name that says what it is."""
    for kind, of_kind in _TYPES.items():
        for variant in _OF_EACH.get(kind, VARIANTS):
            said = {
                "number": f"{kind}-{variant}", "issue_date": date(2026, 11, 12), "due_date": date(2026, 11, 26),
                "delivery_date": date(2026, 11, 2), "buyer_reference": "04011000-12345-03", "seller": _SELLER, "buyer": _BUYER,
                "lines": [_WORK, _HOURS], "payment_means": _TRANSFER, "specification": ZUGFERD_EN16931,
            }  # fmt: skip
            yield f"{kind}-{variant}", complete(DocumentData.model_validate(said | VARIANTS[variant] | of_kind))
