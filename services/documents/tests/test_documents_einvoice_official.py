"""Real e-invoices that nobody here wrote, where their folder is present, and always pairs made by our own writers."""

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from kontor_documents.content.model import (
    Address,
    AllowanceCharge,
    Attachment,
    BankAccount,
    CashDiscount,
    Classification,
    Contact,
    DocumentData,
    Identifier,
    Line,
    Party,
    PaymentMeans,
    Period,
    Reference,
    TaxExemption,
)
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.read import Syntax, read_document
from kontor_documents.einvoice.totals import complete, tax_breakdown, tax_key, totals
from kontor_documents.einvoice.uploads import FileType
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import write_cii, write_ubl

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("KONTOR_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")

# Where a published pair itself says different things: UBL cannot name a sales order (BT-14) without an order (BT-13) and
# these write "Dummywert"; one case names the buyer's trading name (BT-45) in UBL only.
DIFFERENCES = {
    "01.02a": {"references"},
    "01.08a": {"references"},
    "01.10a": {"references"},
    "03.01a": {"buyer.trading_name"},
}


TIMESHEET = b"Tag;Stunden\n1;8\n"
OWN_FILES = {sha256(TIMESHEET).hexdigest(): TIMESHEET}


ADDRESS = Address(line1="Rheinallee 1", line2="Hof 2", post_code="53173", city="Bonn", country="DE")


def own_document(type_code: str = "380") -> DocumentData:
    return complete(
        DocumentData(
            number="RE-1",
            type="credit_note" if type_code == "381" else "invoice",
            type_code=type_code,
            issue_date=date(2026, 3, 2),
            due_date=date(2026, 4, 1),
            delivery_date=date(2026, 2, 27),
            billing_period=Period(start=date(2026, 2, 1), end=date(2026, 2, 28)),
            customer_number="K-17",
            buyer_reference="04011000-12345-03",
            accounting_reference="KST 4711",
            specification=XRECHNUNG,
            business_process="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
            seller=own_seller(),
            buyer=own_buyer(),
            ship_to=Party(name="Lager Nord", address=ADDRESS),
            references=own_references(),
            notes=[("", "Vielen Dank."), ("AAI", "Zweite Bemerkung")],
            lines=own_lines(),
            allowances_charges=[
                AllowanceCharge(amount=Decimal("5"), reason="Treue", tax_category="S", tax_rate=Decimal("19")),
                AllowanceCharge(
                    charge=True, amount=Decimal("4.90"), reason="Versand", tax_category="S", tax_rate=Decimal("7")
                ),
            ],
            prepaid=Decimal("10"),
            rounding=Decimal("0.01"),
            payment_terms="Zahlbar in 30 Tagen.",
            cash_discounts=[
                CashDiscount(days=14, percent=Decimal("2.25")),
                CashDiscount(days=7, percent=Decimal("3.00"), base_amount=Decimal("100.00")),
            ],
            payment_reference="RE-1",
            payment_means=[
                PaymentMeans(
                    code="58", account=BankAccount(iban="DE79000000001234567890", bic="MARKDEF1", holder="Muster")
                )
            ],
            attachments=[
                Attachment(id="Anlage 1", description="Aufmaß", url="https://example.org/a.pdf"),
                Attachment(
                    id="Anlage 2",
                    file_name="stunden.csv",
                    media_type="text/csv",
                    sha256=sha256(TIMESHEET).hexdigest(),
                    size=len(TIMESHEET),
                ),
            ],
        )
    )


def own_seller() -> Party:
    return Party(
        name="Muster & Söhne GmbH",
        trading_name="Muster",
        identifiers=[Identifier(id="4000001123452", scheme="0088")],
        legal_registration=Identifier(id="HRB 123"),
        vat_id="DE123456789",
        tax_number="201/113/40209",
        legal_info="Geschäftsführerin: M. Muster",
        electronic_address=Identifier(id="rechnung@muster.example", scheme="EM"),
        address=ADDRESS,
        contact=Contact(name="Frau Muster", phone="+49 228 1234", email="rechnung@muster.example"),
    )


def own_buyer() -> Party:
    return Party(
        name="Kunde AG",
        identifiers=[Identifier(id="K-17")],
        electronic_address=Identifier(id="kunde@example.org", scheme="EM"),
        address=ADDRESS,
    )


def own_references() -> list[Reference]:
    return [
        Reference(kind="order", number="B-5"),
        Reference(kind="sales_order", number="A-5"),
        Reference(kind="contract", number="V-1"),
        Reference(kind="project", number="P-1"),
        Reference(kind="delivery_note", number="L-9"),
        Reference(kind="receiving_advice", number="W-9"),
        Reference(kind="tender", number="LOS-1"),
        Reference(kind="object", number="Zähler 5", scheme="AAA"),
        Reference(kind="invoice", number="RE-0", issued_on=date(2026, 1, 2)),
    ]


def own_lines() -> list[Line]:
    return [
        Line(
            name="Schraube",
            description="M8",
            note="verzinkt",
            quantity=Decimal("1000"),
            unit="H87",
            net_price=Decimal("12.3456"),
            gross_price=Decimal("13.3456"),
            price_discount=Decimal("1"),
            price_base_quantity=Decimal("100"),
            tax_rate=Decimal("19"),
            seller_item_id="S-8",
            buyer_item_id="K-8",
            standard_item_id=Identifier(id="4012345001235", scheme="0160"),
            country_of_origin="DE",
            attributes=[("Farbe", "silber"), ("Länge", "30 mm")],
            period=Period(start=date(2026, 2, 1), end=date(2026, 2, 28)),
            order_line="1",
            accounting_reference="KST 1",
            object_id=Identifier(id="O-1", scheme="AAB"),
            allowances_charges=[
                AllowanceCharge(
                    amount=Decimal("1.23"), reason="Rabatt", percent=Decimal("1"), base_amount=Decimal("123.46")
                ),
                AllowanceCharge(charge=True, amount=Decimal("0.50"), reason="Verpackung"),
            ],
        ),
        Line(name="Buch", quantity=Decimal("2"), net_price=Decimal("9.995"), tax_rate=Decimal("7")),
    ]


def own_direct_debit() -> DocumentData:
    """What a transfer does not have: mandate, payee, tax representative, tax in another currency, exemptions."""
    transfer = own_document()
    debit = PaymentMeans(
        code="59",
        text="SEPA-Lastschrift",
        mandate="M-1",
        creditor_id="DE98ZZZ09999999999",
        debited_iban="DE79000000001234567890",
    )
    lines = [
        Line(name="Unterricht", net_price=Decimal("100"), tax_category="E"),
        Line(
            name="Buch",
            quantity=Decimal("3"),
            net_price=Decimal("10"),
            tax_rate=Decimal("7"),
            classifications=[Classification(code="0721-880X", scheme="IB", version="1")],
        ),
    ]
    done = complete(
        transfer.model_copy(
            update={
                "lines": lines,
                "totals": None,
                "tax_breakdown": [],
                "allowances_charges": [],
                "tax_exemptions": [TaxExemption(category="E", reason="Bildung", code="VATEX-EU-132-1I")],
                "payment_means": [debit],
                "payee": Party(
                    name="Inkasso GmbH", identifiers=[Identifier(id="P-1")], legal_registration=Identifier(id="HRB 9")
                ),
                "tax_representative": Party(
                    name="Vertreter", vat_id="DE987654321", address=Address(city="Köln", country="DE")
                ),
                "billing_period": None,
                "tax_point_code": "29",
                "tax_currency": "GBP",
                "notes": [],
                "payment_terms": "",
                "cash_discounts": [],
            }
        )
    )
    tax = done.totals.model_copy(update={"tax_in_accounting_currency": Decimal("1.80")})
    return done.model_copy(update={"totals": tax})


def own_card() -> DocumentData:
    means = PaymentMeans(code="48", card_number_end="4711", card_holder="Kunde")
    return own_document().model_copy(update={"payment_means": [means]})


OWN = {
    "own-invoice": own_document(),
    "own-credit-note": own_document("381"),
    "own-debit": own_direct_debit(),
    "own-card": own_card(),
}


def own_zugferd() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    xml = write_cii(own_document(), specification=ZUGFERD_EN16931)
    document.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(
        document, xml, filename="factur-x.xml", mime_type="text/xml"
    )
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def pairs() -> Iterator[Any]:
    """(name, CII bytes, UBL bytes)"""
    for name, data in OWN.items():
        yield pytest.param(name, write_cii(data, files=OWN_FILES), write_ubl(data, files=OWN_FILES), id=name)
    for ubl in sorted(SHARED.glob("xrechnung/*_ubl.xml")):
        name = ubl.name.split("-")[0]
        cii = ubl.with_name(ubl.name.replace("_ubl", "_uncefact"))
        yield pytest.param(name, cii.read_bytes(), ubl.read_bytes(), id=name)


def pdfs() -> Iterator[Any]:
    yield pytest.param(own_zugferd(), id="own")
    for file in sorted(SHARED.glob("zugferd/*.pdf")):
        yield pytest.param(file.read_bytes(), id=file.stem)


PAIRS = list(pairs())
PDFS = list(pdfs())
EVERY_FILE = [
    pytest.param(content, id=f"{param.id}-{syntax}")
    for param in PAIRS
    for syntax, content in zip(("cii", "ubl"), param.values[1:], strict=True)
] + PDFS


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in left.keys() | right.keys():
            yield from differences(left.get(key), right.get(key), f"{path}.{key}")
    elif left != right:
        yield path.removeprefix(".")


@pytest.mark.parametrize("write", [write_cii, write_ubl])
@pytest.mark.parametrize("data", OWN.values(), ids=OWN.keys())
def test_everything_en_16931_has_a_place_for_is_carried(data: DocumentData, write: Any) -> None:
    result = read_document(write(data, files=OWN_FILES))
    only_at_the_door = {"prepaid": data.prepaid, "rounding": data.rounding, "tax_exemptions": data.tax_exemptions}
    assert result.data.model_copy(update=only_at_the_door) == data
    assert result.files == OWN_FILES


@pytest.mark.parametrize(("name", "cii", "ubl"), PAIRS)
def test_both_syntaxes_of_a_pair_say_the_same(name: str, cii: bytes, ubl: bytes) -> None:
    left, right = read_document(cii), read_document(ubl)
    assert (left.syntax, right.syntax) == (Syntax.CII, Syntax.UBL)
    assert left.files == right.files
    assert set(differences(left.data.model_dump(), right.data.model_dump())) == DIFFERENCES.get(name, set())


@pytest.mark.parametrize("content", EVERY_FILE)
def test_computed_totals_are_those_of_the_file_to_the_cent(content: bytes) -> None:
    data = read_document(content).data
    breakdown = tax_breakdown(data)
    computed = {tax_key(entry.category, entry.rate): (entry.taxable_amount, entry.tax_amount) for entry in breakdown}
    given = {
        tax_key(entry.category, entry.rate): (entry.taxable_amount, entry.tax_amount) for entry in data.tax_breakdown
    }
    assert computed == given
    assert totals(data, breakdown) == data.totals
    assert [found for found in check(data) if found.severity == "blocker"] == []


@pytest.mark.parametrize("content", EVERY_FILE)
def test_what_was_read_is_written_and_read_again_in_both_syntaxes(content: bytes) -> None:
    first = read_document(content)
    for write in (write_cii, write_ubl):
        again = read_document(write(first.data, files=first.files))
        assert again.data == first.data
        assert again.files == first.files


@pytest.mark.parametrize("content", EVERY_FILE)
def test_what_is_written_is_valid_by_the_official_rules(content: bytes, validator: Validator) -> None:
    first = read_document(content)
    for write in (write_cii, write_ubl):
        report = validator.validate(write(first.data, files=first.files))
        assert report.valid, report.as_json()


@pytest.mark.parametrize("content", PDFS)
def test_a_zugferd_pdf_gives_its_data_its_xml_and_itself(content: bytes) -> None:
    result = read_document(content)
    assert result.type is FileType.PDF
    assert result.syntax is Syntax.CII
    assert result.pdf == content
    assert result.xml is not None
    assert result.profile == "urn:cen.eu:en16931:2017"
    assert read_document(result.xml).data == result.data
