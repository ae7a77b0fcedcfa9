"""The credit note that goes with a refund: made, numbered and shared by itself."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from documents_to_release import invoice
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor.payments.v1 import payments_pb2 as payments
from kontor_documents.content.model import TaxSubtotal
from kontor_documents.einvoice.totals import round_amount, tax_amount
from kontor_documents.refunds.credit_note import spread
from kontor_documents.refunds.jobs import credit_refunds
from kontor_testing.waiting import eventually

MIXED = [
    {"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": "100.00", "tax_rate": "19"},
    {"name": "Handbuch", "quantity": "1", "unit": "C62", "net_price": "20.00", "tax_rate": "7"},
]


async def shared_invoice(documents, *, automatic_release=True, **changes):
    await documents.open_shop(automatic_release=automatic_release)
    await documents.add_customer()
    made = (await documents.made(invoice(**changes)))["document"]["id"]
    if not automatic_release:
        path = f"/v1/documents/{made}/share"
        await documents.http.post(path, headers=documents.auth("documents:release"), json={})
    return made


def refunded(documents, document_id, credit_minor, **changes):
    at = Timestamp()
    at.FromDatetime(datetime(2026, 11, 20, 12, tzinfo=UTC))
    refund = {
        "id": str(uuid4()), "amount_minor": credit_minor, "credit_minor": credit_minor, "reason": "returned",
        "state": "succeeded", "ended_at": at,
    } | changes  # fmt: skip
    ids = {"id": str(uuid4()), "merchant_id": str(documents.merchant), "epoch": 1, "version": 1}
    return payments.PaymentRefunded(
        receivable=payments.Receivable(**ids, document_id=document_id, currency="EUR"),
        payment=payments.Payment(**ids, document_id=document_id, currency="EUR"),
        refund=payments.Refund(**refund),
    )


async def credit_note(documents, state="shared"):
    async def found():
        query = "SELECT * FROM document WHERE type = 'credit_note' AND state = $1"
        rows = await rows_of(documents, query, state)
        return rows[0] if rows else None

    return await eventually(found, within=30)


async def rows_of(documents, query, *values):
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        return await connection.fetch(query, *values)


async def content(documents, document):
    path = f"/v1/content/{document['content_sha256']}"
    return (await documents.http.get(path, headers=documents.auth("service"))).json()


async def test_a_full_refund_credits_the_invoice_line_by_line(documents):
    document_id = await shared_invoice(documents, lines=MIXED)
    await documents.tell(refunded(documents, document_id, 14040, note="Danke für die Rücksendung."))
    note = await credit_note(documents)
    assert (note["number"], note["amount_due_minor"], note["source"]) == ("GS-2026-0001", 14040, "kontor")
    said = await content(documents, note)
    assert [line["name"] for line in said["lines"]] == ["Wartung", "Handbuch"]
    assert [(one["kind"], one["number"]) for one in said["references"]] == [("invoice", "RE-1")]
    assert said["type_code"] == "381"
    assert said["introduction"] == (
        "Diese Gutschrift gehört zu unserer Rechnung RE-1 vom 12. November 2026. "
        "Sie haben Ware zurückgegeben. Danke für die Rücksendung."
    )
    assert said["payment_terms"] == "Wir haben Ihnen 140,40\xa0€ am 20. November 2026 zurückgezahlt."
    assert "payments" not in said


async def test_a_part_is_spread_over_the_tax_rates_and_covers_a_cash_discount_that_is_lost(documents):
    document_id = await shared_invoice(documents, lines=MIXED)
    await documents.tell(refunded(documents, document_id, 5000, amount_minor=4719))
    note = await credit_note(documents)
    assert note["amount_due_minor"] == 5000
    said = await content(documents, note)
    assert [(one["rate"], one["taxable_amount"], one["tax_amount"]) for one in said["tax_breakdown"]] == [
        ("19", "35.61", "6.77"), ("7", "7.12", "0.50"),
    ]  # fmt: skip
    assert said["totals"]["due"] == "50.00"
    assert said["payment_terms"] == (
        "Wir haben Ihnen 47,19\xa0€ am 20. November 2026 zurückgezahlt. "
        "Die Gutschrift umfasst auch das Skonto von 2,81\xa0€, das Sie abgezogen hatten."
    )


async def test_the_same_fact_again_makes_no_second_credit_note(documents):
    document_id = await shared_invoice(documents)
    fact = refunded(documents, document_id, 11900)
    await documents.tell(fact)
    await credit_note(documents)
    await documents.tell(fact)
    await credit_refunds(documents.app.state.dependencies)
    assert len(await rows_of(documents, "SELECT 1 FROM document WHERE type = 'credit_note'")) == 1


async def test_the_credit_note_goes_out_also_where_documents_wait_for_staff(documents):
    document_id = await shared_invoice(documents, automatic_release=False)
    await documents.tell(refunded(documents, document_id, 1900))
    assert (await credit_note(documents))["amount_due_minor"] == 1900


async def test_a_refund_without_a_credit_note_makes_none(documents):
    document_id = await shared_invoice(documents)
    await documents.tell(refunded(documents, document_id, 0, amount_minor=11900))
    assert await rows_of(documents, "SELECT 1 FROM refund_to_credit") == []


RATES = st.sampled_from([Decimal(rate) for rate in ("0", "5.5", "7", "19", "20")])


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(RATES, st.integers(1, 5_000_000)), min_size=1, max_size=4, unique_by=lambda one: one[0]),
    st.integers(1, 10_000_000),
)
def test_shares_by_rates_add_up_to_the_amount_with_what_is_rounded(rates, minor):
    breakdown = [_subtotal(rate, Decimal(net) / 100) for rate, net in rates]
    amount = Decimal(minor) / 100
    shares, rounding = spread(amount, breakdown, "EUR")
    taxes = [tax_amount(share.net, share.rate, "EUR") for share in shares]
    assert sum(share.net for share in shares) + sum(taxes) + rounding == amount
    # Half a cent for each rate at most.
    assert abs(rounding) <= Decimal("0.01") * len(rates)
    assert all(share.net == round_amount(share.net, "EUR") and share.net >= 0 for share in shares)


def _subtotal(rate, net):
    return TaxSubtotal(
        category="S" if rate else "Z", rate=rate, taxable_amount=net, tax_amount=tax_amount(net, rate, "EUR")
    )
