"""Whatever document is made up: its totals obey EN 16931 and both syntaxes carry it through the official rules."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kontor_documents.content.model import (
    Address,
    AllowanceCharge,
    BankAccount,
    Contact,
    DocumentData,
    Identifier,
    Line,
    Party,
    PaymentMeans,
    TaxExemption,
)
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.codelists import XRECHNUNG, ZUGFERD_EN16931
from kontor_documents.einvoice.read import read_document
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.validate import Validator
from kontor_documents.einvoice.write import write_cii, write_ubl

CENT = Decimal("0.01")
TAXES = [("S", "19"), ("S", "7"), ("S", "5.5"), ("Z", "0"), ("E", "0"), ("AE", "0"), ("G", "0"), ("K", "0")]

amounts = st.decimals(Decimal("0"), Decimal("9999.99"), places=2)
taxes = st.sampled_from(TAXES)
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


@st.composite
def allowances_charges(draw: Any, of_document: bool) -> AllowanceCharge:
    category, rate = draw(taxes) if of_document else (None, None)
    return AllowanceCharge(
        charge=draw(st.booleans()),
        amount=draw(amounts),
        reason=draw(words),
        tax_category=category,
        tax_rate=None if rate is None else Decimal(rate),
    )


@st.composite
def lines(draw: Any) -> Line:
    category, rate = draw(taxes)
    return Line(
        name=draw(words),
        quantity=draw(st.decimals(Decimal("-999"), Decimal("9999"), places=3)),
        unit=draw(st.sampled_from(["C62", "HUR", "KGM"])),
        net_price=draw(st.decimals(Decimal("0"), Decimal("9999"), places=4)),
        price_base_quantity=draw(st.sampled_from([None, Decimal("1"), Decimal("3"), Decimal("100")])),
        tax_category=category,
        tax_rate=Decimal(rate),
        allowances_charges=draw(st.lists(allowances_charges(of_document=False), max_size=2)),
    )


def party(name: str, vat_id: str) -> Party:
    return Party(
        name=name,
        vat_id=vat_id,
        electronic_address=Identifier(id="post@example.org", scheme="EM"),
        address=Address(line1="Weg 1", post_code="53173", city="Bonn", country="DE"),
        contact=Contact(name="Person", phone="+49 228 1", email="post@example.org"),
    )


@st.composite
def documents(draw: Any) -> DocumentData:
    return DocumentData(
        type=draw(st.sampled_from(["invoice", "credit_note"])),
        number=draw(words),
        issue_date=date(2026, 1, 31),
        due_date=date(2026, 2, 28),
        delivery_date=date(2026, 1, 15),
        buyer_reference="04011000-12345-03",
        payment_means=[PaymentMeans(code="58", account=BankAccount(iban="DE79000000001234567890"))],
        seller=party("Verkauf", "DE123456789"),
        buyer=party("Kauf", "ATU12345678"),
        ship_to=Party(name="Lager", address=Address(post_code="1010", city="Wien", country="AT")),
        tax_exemptions=[TaxExemption(category="E", reason="Kleinunternehmer nach § 19 UStG")],
        lines=draw(st.lists(lines(), min_size=1, max_size=6)),
        allowances_charges=draw(st.lists(allowances_charges(of_document=True), max_size=3)),
        prepaid=draw(st.none() | amounts),
        rounding=draw(st.none() | st.decimals(Decimal("-0.5"), Decimal("0.5"), places=2)),
    )


@given(documents())
def test_totals_obey_the_rules_of_en_16931(data: DocumentData) -> None:
    done = complete(data)
    total = done.totals
    signed = [entry.amount if entry.charge else -entry.amount for entry in done.allowances_charges]
    assert total.line_net == sum(line.net for line in done.lines)  # BR-CO-10
    assert total.allowances == -sum(
        amount for amount, entry in zip(signed, done.allowances_charges) if not entry.charge
    )
    assert total.charges == sum(amount for amount, entry in zip(signed, done.allowances_charges) if entry.charge)
    assert total.net == total.line_net - total.allowances + total.charges  # BR-CO-13
    assert total.tax == sum(entry.tax_amount for entry in done.tax_breakdown)  # BR-CO-14
    assert total.gross == total.net + total.tax  # BR-CO-15
    assert total.due == total.gross - total.prepaid + total.rounding  # BR-CO-16
    assert sum(entry.taxable_amount for entry in done.tax_breakdown) == total.net
    for entry in done.tax_breakdown:  # BR-CO-17
        exact = entry.taxable_amount * (entry.rate or 0) / 100
        assert entry.tax_amount == exact.quantize(CENT, rounding=ROUND_HALF_UP)


@given(documents())
def test_what_is_computed_is_never_found_wrong(data: DocumentData) -> None:
    assert check(complete(data)) == []


@given(documents())
def test_completing_twice_changes_nothing(data: DocumentData) -> None:
    assert complete(complete(data)) == complete(data)


@given(documents(), st.sampled_from(["line_net", "allowances", "charges", "net", "tax", "gross", "due"]), amounts)
def test_a_wrong_total_is_always_found(data: DocumentData, field: str, deviation: Decimal) -> None:
    done = complete(data)
    wrong = done.totals.model_copy(update={field: getattr(done.totals, field) + deviation + CENT})
    found = check(done.model_copy(update={"totals": wrong}))
    assert f"totals.{field}" in {issue.field for issue in found}


@settings(deadline=None, max_examples=60)
@given(documents())
def test_both_syntaxes_carry_the_same_document(data: DocumentData) -> None:
    done = complete(data).model_copy(update={"specification": XRECHNUNG, "tax_exemptions": []})
    left, right = read_document(write_cii(done)).data, read_document(write_ubl(done)).data
    assert left == right
    assert left.model_copy(update={"business_process": "", "prepaid": done.prepaid, "rounding": done.rounding}) == done


@settings(deadline=None, max_examples=40)
@given(documents())
def test_what_is_written_is_valid_by_the_official_rules(validator: Validator, data: DocumentData) -> None:
    done = complete(data)
    for xml in (write_cii(done, specification=ZUGFERD_EN16931), write_ubl(done, specification=XRECHNUNG)):
        report = validator.validate(xml)
        assert report.valid, report.as_json()
