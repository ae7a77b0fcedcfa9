"""Whatever stands in a file: it is read, or refused with a reason that is the sender's. Nothing of it is our failure."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kontor_documents.content.model import (
    Address,
    AllowanceCharge,
    Attachment,
    BankAccount,
    CashDiscount,
    Contact,
    DocumentData,
    Identifier,
    Line,
    Party,
    PaymentMeans,
    Period,
    Reference,
    serialize,
)
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_documents.intake.parse import parse
from kontor_documents.intake.projection import columns, facts
from kontor_service.errors import Problem

PARTY = Party(
    name="Muster & Söhne",
    identifiers=[Identifier(id="K-1"), Identifier(id="400", scheme="0088")],
    vat_id="DE123456789",
    tax_number="1/2",
    electronic_address=Identifier(id="a@b.example", scheme="EM"),
    address=Address(line1="Weg 1", post_code="53173", city="Bonn"),
    contact=Contact(name="Frau Muster", phone="1", email="a@b.example"),
)
DATA = complete(
    DocumentData(
        number="RE-1", issue_date=date(2026, 3, 2), due_date=date(2026, 4, 1), delivery_date=date(2026, 2, 27),
        seller=PARTY, buyer=PARTY, payee=PARTY, ship_to=PARTY, tax_representative=PARTY,
        billing_period=Period(start=date(2026, 2, 1), end=date(2026, 2, 28)), buyer_reference="L-1",
        references=[Reference(kind=kind, number="5") for kind in ("order", "contract", "object", "invoice", "tender")],
        notes=[("AAI", "Vielen Dank.")],
        lines=[
            Line(
                name="Schraube", description="M8", note="verzinkt", net_price=Decimal("12.3"), gross_price=Decimal("13"),
                price_discount=Decimal("0.7"), price_base_quantity=Decimal(10), tax_rate=Decimal(19),
                object_id=Identifier(id="1"), period=Period(start=date(2026, 2, 1)), attributes=[("Farbe", "rot")],
                allowances_charges=[AllowanceCharge(amount=Decimal(1), reason="Rabatt")],
            )
        ],
        allowances_charges=[AllowanceCharge(charge=True, amount=Decimal(2), reason="Fracht", tax_rate=Decimal(19))],
        payment_terms="Netto", cash_discounts=[CashDiscount(days=7, percent=Decimal(2))], payment_reference="RE-1",
        payment_means=[PaymentMeans(code="58", text="Überweisung", account=BankAccount(iban="DE1", bic="X", holder="M"))],
        attachments=[Attachment(id="A", description="Beleg", url="https://example.org/a")],
    )
)  # fmt: skip
XMLS = [write_cii(DATA), write_ubl(DATA), write_ubl(DATA.model_copy(update={"type_code": "381"}))]
VALUES = [
    "", " ", "0", "-1", "1E400", "NaN", "Infinity", "0." + "0" * 30 + "1", "9" * 24, "9" * 25, "٣", "1,5", "true", "maybe",
    "00010101", "0001-01-01", "99991231", "9999-12-31", "20260230", "2026-02-30", "2026-02-01Z", "EUR", "XXX", "eur",
    "x" * 1_001, "x" * 10_001, "x" * 100_000, "Zeile\nZeile", "\u202e\u200b\ufeff", "\ufffd😀", "#ADU#", "#SKONTO#TAGE=999#PROZENT=99#",
    "#SKONTO#TAGE=1#PROZENT=1#BASISBETRAG=1..,#", "#SKONTO#TAGE=1#PROZENT=1#BASISBETRAG=1.2.3#",
    "50% Skonto", "GROUP", "INFORMATION", "sonst", "130", "916", "50", "381", "////", "AAAA",
]  # fmt: skip
NAMES = sorted({str(element.tag) for xml in XMLS for element in etree.fromstring(xml).iter()})


def mutated(draw: Any, root: Any) -> None:
    elements = list(root.iter())
    element, other = draw(st.sampled_from(elements)), draw(st.sampled_from(elements))
    match draw(st.sampled_from(["text", "text", "text", "attribute", "remove", "repeat", "rename", "move"])):
        case "text":
            element.text = draw(st.sampled_from(VALUES))
        case "attribute":
            element.set(
                draw(st.sampled_from(["schemeID", "unitCode", "currencyID", "format", "mimeCode", "name"])),
                draw(st.sampled_from(VALUES)),
            )
        case "remove" if element is not root:
            element.getparent().remove(element)
        case "repeat" if element is not root:
            for _ in range(draw(st.sampled_from([1, 2, 50]))):
                element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))
        case "rename":
            element.tag = draw(st.sampled_from(NAMES))
        case "move":
            element.append(etree.fromstring(etree.tostring(other, with_tail=False)))


@st.composite
def files(draw: Any) -> bytes:
    root = etree.fromstring(draw(st.sampled_from(XMLS)))
    for _ in range(draw(st.integers(1, 4))):
        mutated(draw, root)
    return etree.tostring(root)


@settings(deadline=None, max_examples=400)
@given(files())
def test_a_file_is_read_or_refused_with_a_reason(content: bytes) -> None:
    refused, parsed = None, None
    try:
        parsed = parse(content, None)
    except Problem as problem:
        refused = problem
    if parsed is None:
        assert refused is not None
        assert refused.status < 500
        assert refused.field
        return
    assert serialize(parsed.data)
    assert columns(parsed.data)["currency"] == parsed.data.currency
    assert facts(parsed.data)["payment_reference"] in (parsed.data.payment_reference, parsed.data.number)
    write_cii(parsed.data) if parsed.data.tax_breakdown else None
