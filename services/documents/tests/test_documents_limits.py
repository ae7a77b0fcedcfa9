"""What is more than an event can carry, what cannot be kept, and numbers that must not come back."""

import io
from datetime import date
from decimal import Decimal

import pytest
from PIL import Image

from kontor_documents.content.model import DocumentData, Line, serialize
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_ubl
from kontor_documents.errors import TooManyLines
from kontor_documents.intake.parse import parse
from kontor_documents.rendering import Branding, RenderingError, render, typesetting
from kontor_documents.worker import MAX_MEMORY, DidNotFinish, Worker


def invoice(**changes):
    return {
        "type": "invoice", "number": "RE-1042", "external_id": "erp-1042", "customer_number": "20931",
        "issue_date": "2026-11-12", "due_date": "2026-11-26", "delivery_date": "2026-11-10",
        "lines": [{"name": "Wartung", "net_price": "189.00", "tax_rate": "19"}],
    } | changes  # fmt: skip


async def opened_shop(documents):
    await documents.open_shop()
    await documents.add_customer()


async def test_a_thousand_lines_that_were_rounded_otherwise_still_make_a_document(documents):
    await opened_shop(documents)
    line = {"name": "Schraube", "quantity": "3", "net_price": "0.335", "net": "1.00", "tax_rate": "19"}
    status = await documents.made(invoice(lines=[line] * 1000))
    assert status["status"] == "processed", status
    assert 0 < len(status["document"]["issues"]) <= 100


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [("EUR", "18046082.00", 2147483758), ("HUF", "99000000000.00", 11781000000000)],
)
async def test_large_amounts_are_booked_and_shown(documents, currency, price, minor):
    await opened_shop(documents)
    status = await documents.made(
        invoice(currency=currency, lines=[{"name": "Anlage", "net_price": price, "tax_rate": "19"}])
    )
    assert status["document"]["state"] == "shared", status
    assert status["document"]["amount_due"] == {"minor_units": minor, "currency": currency}


async def test_an_amount_of_a_trillion_is_refused_at_once_with_its_field(documents):
    refused = await documents.submit(invoice(lines=[{"name": "Anlage", "net_price": "999999999999", "tax_rate": "19"}]))
    assert (refused.status_code, refused.json()["code"]) == (422, "amount_too_large")
    assert refused.json()["field"].startswith("totals.")


async def test_references_beyond_what_an_event_carries_are_refused_and_the_submission_says_so(documents):
    await opened_shop(documents)
    references = [{"kind": "order", "number": f"{n:04d}" + "9" * 900} for n in range(100)]
    status = await documents.made(invoice(references=references))
    assert (status["status"], status["document"]) == ("rejected", None)
    assert (status["error"]["code"], status["error"]["field"]) == ("too_much", "file")


async def test_the_number_of_a_cancelled_document_is_not_given_again(documents):
    await opened_shop(documents)
    await documents.made(invoice(number="RE-2026-0001"))
    erp = documents.auth("documents:submit")
    await documents.http.post("/v1/documents/by-external-id/erp-1042/cancel", json={"reason": "Storno"}, headers=erp)
    status = await documents.made(invoice(number="", external_id="erp-1043"))
    assert status["document"]["number"] == "RE-2026-0002"


async def test_a_picture_with_data_beside_it_is_refused_instead_of_dropped(documents):
    await opened_shop(documents)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    refused = await documents.submit(invoice(), file=picture.getvalue(), media_type="image/png")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "unknown_file_type", "file")


def test_more_lines_than_a_pdf_is_made_of_are_refused_with_the_way_on():
    line = Line(name="Zähler", net_price=Decimal("0.10"), tax_rate=Decimal(19))
    data = complete(DocumentData(number="RE-1", issue_date=date(2026, 11, 1), lines=[line] * 2_001))
    for file, beside in ((write_ubl(data), None), (None, serialize(data))):
        with pytest.raises(TooManyLines) as refused:
            parse(file, beside)
        assert (refused.value.field, refused.value.params["most"]) == ("lines", 2_000)


def document_of(count):
    lines = [Line(name=f"Posten {number}", net_price=Decimal("1.50"), tax_rate=Decimal(19)) for number in range(count)]
    return complete(DocumentData(number="RE-1", issue_date=date(2026, 11, 1), lines=lines))


def test_a_large_document_is_set_in_a_process_of_its_own(monkeypatch):
    here = render(document_of(60), Branding(name="Brunner"))
    monkeypatch.setattr(typesetting, "LARGE", 0)
    monkeypatch.setattr(typesetting, "_compiler", lambda: pytest.fail("set in the service's own process"))
    assert render(document_of(60), Branding(name="Brunner")) == here
    typesetting._worker.close()


def test_what_does_not_finish_is_named_and_does_not_stay(monkeypatch):
    monkeypatch.setattr(typesetting, "LARGE", 0)
    monkeypatch.setattr(typesetting._worker, "timeout", 0.01)
    with pytest.raises(RenderingError) as refused:
        render(document_of(3), Branding(name="Brunner"))
    assert refused.value.field == "document"
    monkeypatch.setattr(typesetting._worker, "timeout", 120.0)
    assert render(document_of(3), Branding(name="Brunner")).startswith(b"%PDF")
    typesetting._worker.close()


def test_what_needs_too_much_memory_is_ended_and_the_next_is_done():
    bounded = Worker(60, 5)
    for _ in range(2):
        with pytest.raises(DidNotFinish):
            bounded.run(bytearray, MAX_MEMORY)
        assert bounded.run(len, "next") == 4
    bounded.close()
