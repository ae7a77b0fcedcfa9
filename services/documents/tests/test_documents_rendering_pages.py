"""What stands on the pages. Texts are read back from the PDF."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from PIL import Image
from pypdf import PdfReader

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import (
    Address,
    AllowanceCharge,
    BankAccount,
    CashDiscount,
    DocumentData,
    Line,
    Party,
    PaymentMeans,
    Reference,
    Shipping,
    TaxSubtotal,
)
from kontor_documents.einvoice.totals import complete
from kontor_documents.rendering import Bank, Branding, RenderingError, render

MERCHANT = Branding(
    name="Brunner Haustechnik GmbH",
    address=("Gewerbering 14", "50829 Köln"),
    vat_id="DE123456789",
    register="Amtsgericht Köln, HRB 12345",
    bank=Bank("DE89370400440532013000", "COBADEFFXXX", "Commerzbank Köln"),
)
WORK = [
    Line(name="Wartung Heizungsanlage", quantity=1, unit="LS", net_price="189.00", tax_rate=19),
    Line(name="Umwälzpumpe Alpha2", quantity=1, unit="H87", net_price="312.50", tax_rate=19),
    Line(name="Monteurstunde", quantity="2.5", unit="HUR", net_price="64.00", tax_rate=19),
]


def document(**changes):
    fields = {
        "number": "RE-2026-1042",
        "customer_number": "10087",
        "issue_date": date(2026, 11, 12),
        "due_date": date(2026, 11, 26),
        "seller": Party(name="Brunner Haustechnik GmbH"),
        "buyer": Party(name="Seidel Optik", address=Address(line1="Lindenallee 7", post_code="50968", city="Köln")),
        "lines": [line.model_copy() for line in WORK],
        "payment_means": [PaymentMeans(code="58", account=BankAccount(iban="DE89370400440532013000"))],
    }
    return complete(DocumentData(**(fields | changes)))


def pages(data, branding=MERCHANT, **options):
    reader = PdfReader(io.BytesIO(render(data, branding, **options)))
    return [page.extract_text().replace("\N{NO-BREAK SPACE}", " ") for page in reader.pages]


def text_of(data, branding=MERCHANT, **options):
    return re.sub(r"\s+", " ", " ".join(pages(data, branding, **options)))


def picture(mode="RGB", kind="PNG", size=(300, 120)):
    target = io.BytesIO()
    Image.new(mode, size, "white").save(target, kind)
    return target.getvalue()


def test_an_invoice_says_who_owes_what_to_whom_until_when():
    text = text_of(document())
    for fact in (
        "Rechnung RE-2026-1042",
        "Seidel Optik Lindenallee 7 50968 Köln",
        "Brunner Haustechnik GmbH · Gewerbering 14 · 50829 Köln",
        "12.11.2026",
        "10087",
        "2,5 Stunden",
        "19 % USt. auf 661,50 €",
        "787,19 €",
        "Bitte zahlen Sie 787,19 € bis zum 26.11.2026.",
        "DE89 3704 0044 0532 0130 00",
        "Seite 1 von 1",
        "Amtsgericht Köln, HRB 12345",
    ):
        assert fact in text


def test_the_cash_discount_names_its_day_and_amount():
    text = text_of(document(cash_discounts=[CashDiscount(days=7, percent=2)]))
    assert "Bei Zahlung bis 19.11.2026 2 % Skonto: 771,45 €" in text


def test_english_documents_are_english_throughout():
    text = text_of(document(type_code="326"), language="en")
    for fact in (
        "Partial invoice",
        "12 Nov 2026",
        "2.5 hours",
        "19% VAT on €661.50",
        "Please pay €787.19 by 26 Nov 2026.",
    ):
        assert fact in text
    assert not re.search(r"Rechnung\b|Menge|Seite|Datum", text)


@pytest.mark.parametrize(
    ("kind", "code", "title"),
    [
        (DocumentType.QUOTE, "", "Angebot"),
        (DocumentType.ORDER_CONFIRMATION, "", "Auftragsbestätigung"),
        (DocumentType.SALES_ORDER, "", "Auftrag"),
        (DocumentType.DELIVERY_NOTE, "", "Lieferschein"),
        (DocumentType.INVOICE, "380", "Rechnung"),
        (DocumentType.INVOICE, "384", "Korrekturrechnung"),
        (DocumentType.INVOICE, "326", "Abschlagsrechnung"),
        (DocumentType.INVOICE, "389", "Gutschrift (Selbstfakturierung)"),
        (DocumentType.REMINDER, "", "Mahnung"),
        (DocumentType.CREDIT_NOTE, "381", "Gutschrift"),
        (DocumentType.PURCHASE_ORDER, "", "Bestellung"),
        (DocumentType.RECEIPT, "", "Quittung"),
        (DocumentType.CONTRACT, "", "Vertrag"),
        (DocumentType.OTHER, "", "Dokument"),
    ],
)
def test_every_type_has_its_title(kind, code, title):
    assert f"{title} RE-2026-1042" in text_of(document(type=kind, type_code=code))


def due_of(amount, **changes):
    data = document(due_date=date(2026, 11, 26), **changes)
    totals = data.totals.model_copy(update={"prepaid": data.totals.gross - Decimal(amount), "due": Decimal(amount)})
    return text_of(data.model_copy(update={"totals": totals}))


@pytest.mark.parametrize(
    ("amount", "code", "said"),
    [
        ("10", "380", "Bitte zahlen Sie 10,00 € bis zum 26.11.2026."),
        ("10", "386", "Bitte zahlen Sie 10,00 € bis zum 26.11.2026."),
        ("10", "389", "10,00 € werden Ihnen überwiesen."),
        ("-10", "380", "10,00 € werden Ihnen überwiesen."),
        ("-10", "384", "10,00 € werden Ihnen überwiesen."),
        ("0", "380", "Der Betrag ist bereits beglichen."),
    ],
)
def test_a_page_says_who_pays_whom(amount, code, said):
    text = due_of(amount, type_code=code)
    sentences = ("Bitte zahlen Sie", "werden Ihnen überwiesen", "bereits beglichen")
    assert said in text
    assert [sentence for sentence in sentences if sentence in text] == [one for one in sentences if one in said]
    assert ("Guthaben" in text) is said.startswith("10,00")
    assert ("Verwendungszweck" in text) is said.startswith("Bitte")


def test_what_comes_to_nothing_is_not_called_paid():
    data = document(lines=[Line(name="Gewährleistung", net_price=Decimal(0), tax_rate=Decimal(19))])
    assert "beglichen" not in text_of(data)


def test_a_credit_note_says_what_happens_with_its_amount():
    assert "787,19 € werden Ihnen überwiesen." in text_of(document(type="credit_note"))
    named = text_of(document(type="credit_note", references=[Reference(kind="invoice", number="RE-1")]))
    assert "787,19 € zu Ihren Gunsten: Wir verrechnen den Betrag mit den genannten Rechnungen oder" in named


def test_a_reminder_is_called_what_its_sender_calls_it():
    assert "Zahlungserinnerung RE-2026-1042" in text_of(document(type="reminder", title="Zahlungserinnerung"))


def test_a_quote_says_how_long_it_holds_and_asks_for_no_transfer():
    text = text_of(document(type="quote", valid_until=date(2026, 12, 31), due_date=None))
    assert "Gültig bis 31.12.2026" in text
    assert "Verwendungszweck" not in text


def test_a_delivery_note_goes_to_the_delivery_address_without_prices():
    text = text_of(
        document(
            type="delivery_note",
            ship_to=Party(name="Lager Hafen", address=Address(line1="Am Hafen 3", post_code="50735", city="Köln")),
            shipping=Shipping(carrier="DHL", tracking_number="00340434161094042557"),
        )
    )
    assert "Lager Hafen Am Hafen 3 50735 Köln" in text
    assert "Versand mit DHL Sendungsnummer 00340434161094042557" in text
    assert "189,00" not in text


def test_a_delivery_note_has_prices_when_they_are_wanted():
    assert "189,00" in text_of(document(type="delivery_note"), prices=True)


def test_allowances_and_charges_are_told_on_lines_and_below_them():
    lines = [line.model_copy() for line in WORK]
    lines[2].allowances_charges = [AllowanceCharge(amount=16, percent=10, base_amount=160, reason="Mengenrabatt")]
    charges = [
        AllowanceCharge(amount="20.00", reason="Treuerabatt", tax_category="S", tax_rate=19),
        AllowanceCharge(charge=True, amount="9.90", reason="Versand", tax_category="S", tax_rate=19),
    ]
    text = text_of(document(lines=lines, allowances_charges=charges))
    for fact in (
        "Mengenrabatt 10 % auf 160,00 €: −16,00 €",
        "Treuerabatt −20,00 €",
        "Versand 9,90 €",
        "Nettobetrag 635,40 €",
    ):
        assert fact in text


def test_what_was_prepaid_is_taken_off_what_is_due():
    data = document()
    data.totals.prepaid, data.totals.due = Decimal(500), data.totals.gross - 500
    text = text_of(data)
    assert "Gesamtbetrag 787,19 € Bereits gezahlt −500,00 € Zahlbetrag 287,19 €" in text
    assert "Bitte zahlen Sie 287,19 €" in text


def test_a_direct_debit_is_announced_instead_of_asking_for_a_transfer():
    means = PaymentMeans(
        code="59", mandate="M-17", creditor_id="DE98ZZZ09999999999", debited_iban="DE02120300000000202051"
    )
    text = text_of(document(payment_means=[means]))
    assert "Wir ziehen 787,19 € am 26.11.2026 per SEPA-Lastschrift ein." in text
    assert "Mandat M-17, Gläubiger-ID DE98ZZZ09999999999, IBAN DE02 1203 0000 0000 2020 51." in text
    assert "Verwendungszweck" not in text


def test_a_reverse_charge_is_named_even_where_the_data_gives_no_reason():
    tax = [TaxSubtotal(category="AE", rate=0, taxable_amount="661.50", tax_amount=0)]
    lines = [line.model_copy(update={"tax_category": "AE", "tax_rate": Decimal(0)}) for line in WORK]
    assert "Steuerschuldnerschaft des Leistungsempfängers" in text_of(document(lines=lines, tax_breakdown=tax))


def test_references_carry_number_and_date():
    reference = Reference(kind="order_confirmation", number="AB-2026-0788", issued_on=date(2026, 10, 28))
    assert "Auftragsbestätigung AB-2026-0788 vom 28.10.2026" in text_of(document(references=[reference]))


def test_a_long_table_repeats_its_head_and_carries_the_sum_over():
    first, *others = pages(document(lines=[WORK[index % 3].model_copy() for index in range(120)]))
    assert "Übertrag" not in first
    continued = [page for page in others if "Wartung" in page]
    assert len(continued) >= 2
    for page in continued:
        assert "Bezeichnung" in page
    carried = re.search(r"Übertrag\s+([\d.]+,\d\d)", others[0])
    nets = [Decimal(found.replace(".", "").replace(",", ".")) for found in re.findall(r"19 %\s+([\d.]+,\d\d)", first)]
    assert Decimal(carried[1].replace(".", "").replace(",", ".")) == sum(nets)


def test_no_text_of_a_user_is_read_as_markup():
    hostile = '#panic("x") *bold* _it_ $x^2$ \\ @ref <label> `raw` // gone /* gone */ = Title #sys.inputs ~ --- "q"'
    data = document(
        title=hostile, introduction=hostile, closing=hostile, notes=[("", hostile + "!")], payment_terms=hostile,
        buyer=Party(name=hostile), number=hostile, lines=[Line(name=hostile, description=hostile, net_price=1, tax_rate=19)],
    )  # fmt: skip
    text = text_of(data, Branding(name=hostile, address=(hostile,)))
    for part in ('#panic("x")', "*bold*", "_it_", "$x^2$", "`raw`", "// gone", "/* gone */", "#sys.inputs", "---"):
        assert text.count(part) >= 8


def test_characters_the_typeface_lacks_are_replaced_visibly_and_never_fail():
    text = text_of(document(title="漢字 😀 Ｋöln"))
    assert "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER}" in text
    assert "\N{REPLACEMENT CHARACTER} Köln" in text


def test_huge_figures_keep_all_their_digits():
    line = Line(name="Posten", quantity="654321987.125", net_price="1234.5678", tax_rate=19)
    text = text_of(document(lines=[line]))
    assert "654.321.987,125" in text
    assert "1.234,5678" in text
    assert "807.804.856.136,54" in text


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "PNG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("L", "JPEG"), ("P", "GIF")]
)
def test_any_usual_picture_serves_as_a_logo(mode, kind):
    branding = Branding(name="Brunner", logo=picture(mode, kind))
    assert "Rechnung" in text_of(document(), branding)


def test_a_broken_logo_names_the_field():
    with pytest.raises(RenderingError) as refused:
        render(document(), Branding(name="Brunner", logo=b"<svg onload=alert(1)>"))
    assert refused.value.field == "branding.logo"


def test_a_hidden_logo_leaves_the_name():
    shown = render(document(), Branding(name="Brunner", logo=picture(), show_logo=False))
    assert shown == render(document(), Branding(name="Brunner"))


def test_a_line_without_net_amount_names_the_field():
    data = document()
    data.lines[1].net = None
    with pytest.raises(RenderingError) as refused:
        render(data, MERCHANT)
    assert refused.value.field == "lines[1].net"


def test_a_colour_that_is_none_names_the_field():
    with pytest.raises(RenderingError) as refused:
        render(document(), Branding(name="Brunner", accent="red; }"))
    assert refused.value.field == "branding.accent"


def test_a_contract_of_text_alone_needs_no_table():
    data = document(
        type="contract", lines=[], introduction="§ 1 Gegenstand\n\nDie Anlage wird gewartet.", payment_means=[]
    )
    text = text_of(data)
    assert "§ 1 Gegenstand Die Anlage wird gewartet." in text
    assert "Bezeichnung" not in text


def test_a_reminder_lists_what_is_open_without_quantities():
    lines = [Line(name="RE-2026-0911", net_price="450.00", tax_rate=0, tax_category="E")]
    text = text_of(document(type="reminder", lines=lines))
    assert "Offener Betrag 450,00 €" in text
    assert "Menge" not in text


def test_a_line_numbered_with_a_sentence_keeps_it_below_its_name():
    lines = [Line(id="Raumkosten Schulungsort", name="Raumkosten", net_price="300.00", tax_rate=19)]
    assert "1 Raumkosten Position: Raumkosten Schulungsort" in text_of(document(lines=lines))
