"""The way to pay: when there is a button, where it leads, and what the open page learns."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from kontor.payments.v1 import payments_pb2
from kontor_testing.waiting import eventually

CHECKOUT = "01900000-0000-7000-8000-0000000000c1"


@pytest_asyncio.fixture(loop_scope="module")
async def invoice(portal: Any) -> dict[str, Any]:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer, "RE-1")
    receivable = await portal.owed(merchant, customer, document)
    return {
        "merchant": merchant, "customer": customer, "document": document, "receivable": receivable,
        "address": f"/brunner/dokumente/{document}", "cookie": await portal.login("brunner", merchant, customer),
    }  # fmt: skip


async def now(portal: Any, invoice: dict[str, Any], **state: Any) -> None:
    """payments says how things stand."""
    more = {"id": invoice["receivable"], "version": 2} | state
    await portal.say(portal.receivable(invoice["merchant"], invoice["customer"], invoice["document"], **more))


async def test_an_open_invoice_has_the_button_and_names_the_accepted_methods(portal: Any, invoice: Any) -> None:
    page = await portal.page(invoice["address"], invoice["cookie"])
    assert "Jetzt bezahlen" in page.text
    assert "Karte · Überweisung" in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"state": "paid", "open_minor": 0, "paid_minor": 11900}, "vollständig bezahlt"),
        (
            {"state": "on_its_way", "open_minor": 0, "pending_minor": 11900, "expected_on": "2026-12-03"},
            "Eingang bis 3. Dezember 2026",
        ),
        (
            {
                "state": "on_its_way", "open_minor": 0, "pending_minor": 11900, "expected_on": "2026-12-03",
                "last_method": "sepa_debit",
            },
            "wird bis 3. Dezember 2026 von Ihrem Konto eingezogen",
        ),
        ({"state": "cancelled", "open_minor": 0}, "storniert"),
        ({"methods": []}, "offen"),
    ],
)  # fmt: skip
async def test_the_button_is_gone_when_there_is_nothing_to_pay(
    portal: Any, invoice: Any, state: Any, words: str
) -> None:
    await now(portal, invoice, **state)
    page = await portal.page(invoice["address"], invoice["cookie"])
    assert words in page.text
    assert "/bezahlen" not in page.text
    pay = await portal.page(f"{invoice['address']}/bezahlen", invoice["cookie"])
    assert pay.headers["location"] == invoice["address"]


@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-12-05", "wird am 5. Dezember 2026 von Ihrem Konto eingezogen"), ("", "wird von Ihrem Konto eingezogen")],
)
async def test_a_direct_debit_says_when_and_is_open_nowhere(portal: Any, invoice: Any, day: str, words: str) -> None:
    values = {
        "id": invoice["document"],
        "version": 2,
        "payment_means": "direct_debit",
        "direct_debit_date": day,
        "due_date": day,
    }
    await portal.document(invoice["merchant"], invoice["customer"], "RE-1", **values)
    await now(portal, invoice, state="direct_debit", open_minor=0, pending_minor=11900, methods=[])
    page = await portal.page(invoice["address"], invoice["cookie"])
    assert words in page.text
    assert "/bezahlen" not in page.text
    overview = (await portal.page("/brunner", invoice["cookie"])).text
    assert "wird eingezogen" in overview
    assert "Zu bezahlen" not in overview
    found = (await portal.page("/brunner/dokumente?status=open", invoice["cookie"])).text
    assert "RE-1" not in found


async def test_a_part_payment_shows_what_is_left(portal: Any, invoice: Any) -> None:
    await now(portal, invoice, state="partly_paid", paid_minor=5000, open_minor=6900)
    page = (await portal.page(invoice["address"], invoice["cookie"])).text
    assert "teilweise bezahlt" in page
    assert "69,00\xa0€" in page
    assert "50,00\xa0€ von 119,00\xa0€ sind bezahlt." in page


async def test_a_cash_discount_counts_until_its_day(portal: Any, invoice: Any) -> None:
    steps = [payments_pb2.CashDiscount(until="2999-01-01", percent="2.00", payable_minor=11662)]
    await now(portal, invoice, cash_discounts=steps)
    assert "116,62\xa0€" in (await portal.page(f"{invoice['address']}/bezahlen", invoice["cookie"])).text
    over = [payments_pb2.CashDiscount(until="2020-01-01", percent="2.00", payable_minor=11662)]
    await now(portal, invoice, cash_discounts=over, version=3)
    assert "116,62" not in (await portal.page(invoice["address"], invoice["cookie"])).text


async def test_a_reminder_shows_its_invoices_state_leads_to_paying_and_counts_nothing(
    portal: Any, invoice: Any
) -> None:
    reminder = await portal.document(invoice["merchant"], invoice["customer"], "M-1", type="reminder", thread_id="t")
    owed = {
        "id": str(uuid4()),
        "open_minor": 6900,
        "state": "partly_paid",
        "repeats_document_ids": [invoice["document"]],
    }
    await portal.owed(invoice["merchant"], invoice["customer"], reminder, **owed)
    page = (await portal.page(f"/brunner/dokumente/{reminder}", invoice["cookie"])).text
    assert "69,00\xa0€" in page
    assert f"/brunner/dokumente/{reminder}/bezahlen" in page
    overview = (await portal.page("/brunner", invoice["cookie"])).text
    assert "1 offene Rechnung" in overview
    assert "119,00\xa0€" in overview


async def test_a_credit_note_and_its_invoice_both_show_what_was_offset(portal: Any, invoice: Any) -> None:
    common = {"thread_id": "thread-1"}
    await portal.document(invoice["merchant"], invoice["customer"], "RE-1", id=invoice["document"], version=2, **common)
    note = await portal.document(
        invoice["merchant"], invoice["customer"], "GS-1", type="credit_note", gross_minor=5000, amount_due_minor=5000,
        **common,
    )  # fmt: skip
    credit = payments_pb2.Credit(document_id=note, document_number="GS-1", amount_minor=1900)
    account = {"id": str(uuid4()), "due_minor": 0, "open_minor": 0, "credit_minor": 5000}
    left = account | {"state": "credit", "offset_minor": 1900, "credit_left_minor": 3100}
    await portal.owed(invoice["merchant"], invoice["customer"], note, **left)
    await now(portal, invoice, due_minor=10000, open_minor=10000, credits=[credit])
    page = (await portal.page(invoice["address"], invoice["cookie"])).text
    assert "100,00\xa0€" in page
    assert 'Gutschrift <span class="nowrap">GS-1</span></a>: -19,00\xa0€' in page
    given = (await portal.page(f"/brunner/dokumente/{note}", invoice["cookie"])).text
    assert "Guthaben zu Ihren Gunsten" in given
    assert "31,00\xa0€ werden Ihnen überwiesen." in given
    assert "19,00\xa0€ verrechnet mit" in given
    # A reminder repeats what its invoice says, and was not offset itself.
    reminder = await portal.document(invoice["merchant"], invoice["customer"], "M-1", type="reminder", **common)
    credit.amount_minor = 5000
    repeated = {"id": str(uuid4()), "repeats_document_ids": [invoice["document"]], "credits": [credit]}
    await portal.owed(invoice["merchant"], invoice["customer"], reminder, **repeated)
    await now(portal, invoice, due_minor=6900, open_minor=6900, credits=[credit], version=3)
    used = account | {"state": "settled", "offset_minor": 5000, "version": 2}
    await portal.owed(invoice["merchant"], invoice["customer"], note, **used)
    given = (await portal.page(f"/brunner/dokumente/{note}", invoice["cookie"])).text
    assert "vollständig verrechnet" in given
    assert given.count("50,00\xa0€ verrechnet mit") == 1
    paid_out = account | {"state": "settled", "refunded_minor": 5000, "version": 3}
    await portal.owed(invoice["merchant"], invoice["customer"], note, **paid_out)
    given = (await portal.page(f"/brunner/dokumente/{note}", invoice["cookie"])).text
    assert "50,00\xa0€ wurden Ihnen überwiesen." in given


async def test_the_open_amount_says_what_of_its_instalments_is_due_now(portal: Any, invoice: Any) -> None:
    parts = [payments_pb2.Instalment(due_date=day, open_minor=5000) for day in ("2998-12-01", "2999-01-01")]
    await now(portal, invoice, instalments=parts)
    assert (
        "davon 50,00\xa0€ fällig bis 1. Dezember 2998"
        in (await portal.page(invoice["address"], invoice["cookie"])).text
    )
    late = [
        payments_pb2.Instalment(due_date=day, open_minor=2000) for day in ("2020-12-01", "2021-01-01", "2999-01-01")
    ]
    await now(portal, invoice, instalments=late, version=3)
    assert (
        "davon waren 40,00\xa0€ bis 1. Januar 2021 fällig"
        in (await portal.page(invoice["address"], invoice["cookie"])).text
    )


async def test_a_reminder_of_several_invoices_leads_to_paying_each(portal: Any, invoice: Any) -> None:
    common = {"thread_id": "thread-1"}
    await portal.document(invoice["merchant"], invoice["customer"], "RE-1", id=invoice["document"], version=2, **common)
    other = await portal.document(invoice["merchant"], invoice["customer"], "RE-2", **common)
    await portal.owed(invoice["merchant"], invoice["customer"], other, state="paid", open_minor=0, paid_minor=5000)
    reminder = await portal.document(invoice["merchant"], invoice["customer"], "M-1", type="reminder", **common)
    both = {"methods": [], "repeats_document_ids": [invoice["document"], other], "state": "partly_paid"}
    await portal.owed(invoice["merchant"], invoice["customer"], reminder, **both)
    page = (await portal.page(f"/brunner/dokumente/{reminder}", invoice["cookie"])).text
    assert f"{invoice['address']}/bezahlen" in page
    assert f"{other}/bezahlen" not in page
    assert f"{reminder}/bezahlen" not in page
    assert "119,00\xa0€" in page


async def test_a_reminder_in_a_long_thread_still_leads_to_its_invoices(portal: Any, invoice: Any) -> None:
    merchant, customer, common = invoice["merchant"], invoice["customer"], {"thread_id": "thread-1"}
    await portal.document(
        merchant, customer, "RE-1", id=invoice["document"], version=2, issue_date="2026-01-01", **common
    )
    other = await portal.document(merchant, customer, "RE-2", issue_date="2027-06-01", **common)
    await portal.owed(merchant, customer, other, state="paid", open_minor=0, paid_minor=5000)
    for number in range(50):
        await portal.document(
            merchant, customer, f"LS-{number}", type="delivery_note", issue_date="2026-12-01", **common
        )
    reminder = await portal.document(merchant, customer, "M-1", type="reminder", issue_date="2026-12-01", **common)
    both = {"methods": [], "repeats_document_ids": [invoice["document"], other], "state": "partly_paid"}
    await portal.owed(merchant, customer, reminder, **both)
    page = (await portal.page(f"/brunner/dokumente/{reminder}", invoice["cookie"])).text
    assert f"{invoice['address']}/bezahlen" in page
    answer = await portal.json(f"/api/portal/v1/brunner/documents/{reminder}", invoice["cookie"])
    numbers = [one["number"] for one in answer.json()["related"]]
    assert (numbers[0], numbers[-1], len(numbers)) == ("RE-1", "RE-2", 50)


@pytest.mark.parametrize(
    ("fields", "name", "sentence"),
    [
        ({"kind": "self_billed"}, "Gutschrift (Selbstfakturierung) X-1", "wird Ihnen überwiesen"),
        ({"kind": "corrected", "gross_minor": -11900, "amount_due_minor": -11900}, "Korrekturrechnung X-1", "Guthaben zu Ihren Gunsten"),
        ({"kind": "prepayment", "amount_due_minor": 0}, "Anzahlungsrechnung X-1", "Es ist nichts zu bezahlen."),
        ({"kind": "partial"}, "Abschlagsrechnung X-1", "Gesamtbetrag"),
    ],
)  # fmt: skip
async def test_special_invoices_have_their_name_and_sentence(
    portal: Any, invoice: Any, fields: Any, name: str, sentence: str
) -> None:
    document = await portal.document(invoice["merchant"], invoice["customer"], "X-1", **fields)
    page = (await portal.page(f"/brunner/dokumente/{document}", invoice["cookie"])).text
    assert name in page
    assert sentence in page
    assert "/bezahlen" not in page
    listed = (await portal.page("/brunner/dokumente", invoice["cookie"])).text
    assert name in re.sub("<[^>]+>", "", listed)


async def test_a_chosen_method_leads_to_the_providers_page(portal: Any, invoice: Any) -> None:
    snapshot = portal.receivable(
        invoice["merchant"], invoice["customer"], invoice["document"], id=invoice["receivable"], version=2
    )
    started = portal.result(snapshot, checkout_id=CHECKOUT, redirect_url="http://provider.example/pay/1", state="open")
    portal.owners.answer("POST", "/v1/checkouts", started, 201)
    answer = await portal.post(f"{invoice['address']}/bezahlen", invoice["cookie"], method="card")
    assert (answer.status_code, answer.headers["location"]) == (303, "http://provider.example/pay/1")
    _, _, body, _ = portal.owners.asked[-1]
    assert body["return_url"].endswith(f"{invoice['address']}/zurueck")


async def test_paying_what_is_paid_meanwhile_charges_nothing(portal: Any, invoice: Any) -> None:
    paid = portal.receivable(
        invoice["merchant"], invoice["customer"], invoice["document"], id=invoice["receivable"], version=2, state="paid",
        open_minor=0, paid_minor=11900,
    )  # fmt: skip
    path = "/v1/checkouts"
    portal.owners.answer("POST", path, portal.result(paid, status="already_paid"))
    answer = await portal.post(f"{invoice['address']}/bezahlen", invoice["cookie"], method="card")
    assert answer.headers["location"] == invoice["address"]
    assert "vollständig bezahlt" in (await portal.page(invoice["address"], invoice["cookie"])).text


async def test_with_payments_down_the_page_renders_and_the_action_says_so(portal: Any, invoice: Any) -> None:
    portal.owners.down = True
    assert "Jetzt bezahlen" in (await portal.page(invoice["address"], invoice["cookie"])).text
    answer = await portal.post(f"{invoice['address']}/bezahlen", invoice["cookie"], method="card")
    assert answer.status_code == 503
    assert "Es wurde nichts abgebucht" in answer.text
    transfer = await portal.page(f"{invoice['address']}/ueberweisung", invoice["cookie"])
    assert transfer.status_code == 503


async def test_coming_back_waits_for_the_fact_of_payments(portal: Any, invoice: Any) -> None:
    open_still = portal.receivable(
        invoice["merchant"], invoice["customer"], invoice["document"], id=invoice["receivable"]
    )
    portal.owners.answer("POST", f"/v1/checkouts/{CHECKOUT}/reconcile", portal.result(open_still, state="completed"))
    cookie = {"cookie": f"{invoice['cookie']['cookie']}; __Host-kontor-checkout={CHECKOUT}"}
    coming = asyncio.create_task(portal.page(f"{invoice['address']}/zurueck", cookie))
    await eventually(lambda: portal.owners.asked_of(f"/v1/checkouts/{CHECKOUT}/reconcile"))
    await now(portal, invoice, state="paid", open_minor=0, paid_minor=11900)
    came = await coming
    assert came.headers["location"] == invoice["address"]
    flash = next(one for one in came.headers.get_list("set-cookie") if "flash" in one).partition(";")[0]
    page = (await portal.page(invoice["address"], {"cookie": f"{cookie['cookie']}; {flash}"})).text
    assert "vollständig bezahlt" in page
    assert "Vielen Dank! Ihre Zahlung ist eingegangen und gebucht." in page


@pytest.mark.parametrize("expected", ["2026-12-03", ""])
async def test_who_paid_is_told_when_the_payment_is_booked(portal: Any, invoice: Any, expected: str) -> None:
    pending = {"state": "on_its_way", "open_minor": 0, "pending_minor": 11900, "expected_on": expected}
    await now(portal, invoice, **pending)
    known = portal.receivable(invoice["merchant"], invoice["customer"], invoice["document"], id=invoice["receivable"])
    portal.owners.answer("POST", f"/v1/checkouts/{CHECKOUT}/reconcile", portal.result(known, state="completed"))
    cookie = f"{invoice['cookie']['cookie']}; __Host-kontor-checkout={CHECKOUT}"
    came = await portal.page(f"{invoice['address']}/zurueck", {"cookie": cookie})
    flash = next(one for one in came.headers.get_list("set-cookie") if "flash" in one).partition(";")[0]
    page = (await portal.page(invoice["address"], {"cookie": f"{cookie}; {flash}"})).text
    assert ("spätestens am 3. Dezember 2026" if expected else "Sobald Ihre Zahlung eingegangen ist") in page


async def test_who_paid_for_what_is_not_asked_for_any_more_hears_that_it_comes_back(portal: Any, invoice: Any) -> None:
    await now(portal, invoice, state="cancelled", due_minor=0, open_minor=0, paid_minor=11900, overpaid_minor=11900)
    known = portal.receivable(invoice["merchant"], invoice["customer"], invoice["document"], id=invoice["receivable"])
    portal.owners.answer("POST", f"/v1/checkouts/{CHECKOUT}/reconcile", portal.result(known, state="completed"))
    cookie = f"{invoice['cookie']['cookie']}; __Host-kontor-checkout={CHECKOUT}"
    came = await portal.page(f"{invoice['address']}/zurueck", {"cookie": cookie})
    flash = next(one for one in came.headers.get_list("set-cookie") if "flash" in one).partition(";")[0]
    page = (await portal.page(invoice["address"], {"cookie": f"{cookie}; {flash}"})).text
    assert "Was Sie gezahlt haben, bekommen Sie zurück." in page
    assert "Vielen Dank!" not in page


@contextlib.asynccontextmanager
async def news_of(portal: Any, invoice: dict[str, Any]) -> AsyncIterator[AsyncIterator[str]]:
    """What the invoice's open page hears, line by line, from now on."""
    address = f"{portal.url}/brunner/live?document={invoice['document']}"
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", address, headers=invoice["cookie"], timeout=20) as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        yield lines


async def test_an_open_page_hears_that_it_was_paid(portal: Any, invoice: Any) -> None:
    async with news_of(portal, invoice) as lines:
        await now(portal, invoice, state="paid", open_minor=0, paid_minor=11900)
        assert "event: changed" in [line async for line in until_changed(lines)]


async def test_an_open_page_hears_of_a_document_that_comes_to_belong_to_it(portal: Any, invoice: Any) -> None:
    async with news_of(portal, invoice) as lines:
        await portal.document(invoice["merchant"], invoice["customer"], "AB-1")
        assert "event: changed" in [line async for line in until_changed(lines)]


async def until_changed(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line == "event: changed":
            return


async def test_a_transfer_shows_account_reference_and_code(portal: Any, invoice: Any) -> None:
    details = {
        "iban": "DE02120300000000202051", "bic": "BYLADEM1001", "holder": "Brunner", "amount_minor": 11900,
        "currency": "EUR", "reference": "RE-1", "epc": "BCD\n002\n1\nSCT\n\nBrunner\nDE02120300000000202051\nEUR119.00",
    }  # fmt: skip
    portal.owners.answer("GET", f"/v1/documents/{invoice['document']}/transfer", details)
    page = (await portal.page(f"{invoice['address']}/ueberweisung", invoice["cookie"])).text
    assert "DE02 1203 0000 0000 2020 51" in page
    assert "data:image/svg+xml" in page


async def test_the_same_as_json(portal: Any, invoice: Any) -> None:
    snapshot = portal.receivable(
        invoice["merchant"], invoice["customer"], invoice["document"], id=invoice["receivable"]
    )
    started = portal.result(snapshot, checkout_id=CHECKOUT, redirect_url="http://provider.example/pay/1", state="open")
    portal.owners.answer("POST", "/v1/checkouts", started, 201)
    path = f"/api/portal/v1/brunner/documents/{invoice['document']}/checkouts"
    answer = await portal.client.post(path, json={"method": "card"}, headers=invoice["cookie"])
    assert answer.status_code == 201
    assert answer.json()["redirect_url"] == "http://provider.example/pay/1"


async def test_a_charge_that_waits_for_the_customer_is_confirmed_at_the_provider(portal: Any, invoice: Any) -> None:
    there = {"checkout_id": CHECKOUT, "redirect_url": "http://provider.example/confirm/1"}
    portal.owners.answer("POST", f"/v1/documents/{invoice['document']}/confirmation", there)
    answer = await portal.post(f"{invoice['address']}/bestaetigen", invoice["cookie"])
    assert (answer.status_code, answer.headers["location"]) == (303, there["redirect_url"])
