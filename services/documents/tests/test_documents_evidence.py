"""The evidence page of an acceptance: an archive PDF that shows, and carries, all that is kept."""

import hashlib
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pikepdf
import pytest
from pypdf import PdfReader

from kontor_documents.quotes.signature import Signature
from kontor_documents.rendering import Branding
from kontor_documents.rendering.acceptance import Evidence, EvidenceLine, EvidenceTax, ShownConsent, serialized
from kontor_documents.rendering.evidence import render_evidence

BRANDING = Branding(name="Brunner Haustechnik GmbH", address=("Werkstraße 4", "86153 Augsburg"))
WAVE = [[(10 + 4 * n, 60 + 30 * (-1) ** n) for n in range(40)], [(30, 90), (120, 92)]]


def evidence(**changes: object) -> Evidence:
    known = {
        "document_id": "01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de", "number": "AN-2026-17", "title": "Wärmepumpe", "revision": 2,
        "content_sha256": "ab" * 32, "pdf_sha256": "cd" * 32, "issued_on": "2026-11-12",
        "accepted_at": datetime(2026, 11, 28, 9, 24, 17, tzinfo=UTC), "time_zone": "Europe/Berlin",
        "customer_number": "20931", "customer_name": "Seidel Optik", "name": "Anna Seidel", "function": "Geschäftsführerin",
        "access": "contact", "actor": "anna@seidel.example", "ip": "203.0.113.7", "user_agent": "Mozilla/5.0 (iPhone)",
        "chosen": [EvidenceLine(id="1", name="Wärmepumpe 12 kW", quantity=Decimal(1), net=Decimal("11890.00"))],
        "left_out": [EvidenceLine(id="4", group="Zubehör", name="Pufferspeicher", quantity=Decimal(1))],
        "net": Decimal("11890.00"), "tax": Decimal("2259.10"), "gross": Decimal("14149.10"),
        "consents": [ShownConsent(id="v1", title="AGB 2026-01", statement="Ich habe die AGB gelesen.", sha256="ef" * 32)],
        "button": "Angebot verbindlich annehmen", "information": ["Gesamtpreis 14.149,10 €"],
        "signature": Signature(kind="drawn", strokes=WAVE),
    }  # fmt: skip
    return Evidence.model_validate(known | changes)


def made(kept: Evidence) -> bytes:
    return render_evidence(kept, BRANDING, hashlib.sha256(serialized(kept)).hexdigest())


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(
    "kept",
    [
        "Annahme des Angebots AN-2026-17", "Anna Seidel", "Geschäftsführerin", "28.11.2026, 10:24:17 (Europe/Berlin, CET)",
        "2026-11-28 09:24:17 UTC", "203.0.113.7", "Mozilla/5.0 (iPhone)", "persönlicher Link von anna@seidel.example",
        "Wärmepumpe 12 kW", "Pufferspeicher", "14.149,10 €", "Ich habe die AGB gelesen.", "Angebot verbindlich annehmen",
        "auf dem Bildschirm gezeichnet",
    ],
)  # fmt: skip
def test_the_page_shows_what_is_kept(kept: str) -> None:
    assert kept in text_of(made(evidence()))


def test_the_page_is_an_accessible_archive_pdf() -> None:
    with pikepdf.open(io.BytesIO(made(evidence()))) as document:
        metadata = document.open_metadata()
        assert metadata["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_the_same_evidence_is_the_same_page() -> None:
    assert made(evidence()) == made(evidence())


def test_the_record_and_the_picture_of_the_signature_are_attached() -> None:
    kept = evidence()
    with pikepdf.open(io.BytesIO(made(kept))) as document:
        attached = {name: document.attachments[name].get_file().read_bytes() for name in document.attachments}
    assert attached["acceptance.json"] == serialized(kept)
    assert json.loads(attached["acceptance.json"])["signature"]["strokes"][1] == [[30.0, 90.0], [120.0, 92.0]]
    assert attached["signature.png"].startswith(b"\x89PNG")


def test_a_drawn_signature_stands_on_the_page_as_a_vector() -> None:
    with pikepdf.open(io.BytesIO(made(evidence()))) as document:
        assert not any(page.get_images() for page in document.pages)


def test_a_typed_signature_stands_on_the_page_as_text() -> None:
    page = text_of(made(evidence(signature=Signature(kind="typed", text="Anna  Seidel"))))
    assert "Anna Seidel getippt als voller Name" in page


def test_a_click_says_that_there_is_no_signature() -> None:
    page = text_of(made(evidence(signature=None, language="en", number="Q-9")))
    assert "Acceptance of quote Q-9" in page
    assert "Accepted with the button, without a signature." in page


def test_the_page_names_the_vat_of_each_rate() -> None:
    taxes = [
        EvidenceTax(rate=Decimal(19), taxable=Decimal("10000.00"), tax=Decimal("1900.00")),
        EvidenceTax(rate=Decimal(7), taxable=Decimal("1890.00"), tax=Decimal("132.30")),
    ]
    page = text_of(made(evidence(taxes=taxes, tax=Decimal("2032.30")))).replace("\xa0", " ")
    assert "19 % USt. auf 10.000,00 € 1.900,00 €" in page
    assert "7 % USt. auf 1.890,00 € 132,30 €" in page
    assert "2.032,30" not in page
