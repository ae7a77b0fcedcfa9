"""Numbers of documents: without gaps, without doubles, kept."""

import asyncio

from documents_of_an_erp import invoice


async def test_a_number_that_another_document_has_is_refused(documents):
    await documents.open_shop()
    await documents.add_customer()
    await documents.made(invoice())
    refused = await documents.submit(invoice(external_id="another"))
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "duplicate_number", "number")


async def test_an_invoice_that_breaks_the_rules_is_not_issued_and_takes_no_number(documents):
    await documents.open_shop()
    await documents.add_customer()
    broken = invoice(number="", external_id="x", lines=[
        {"name": "Leistung", "quantity": "1", "net_price": "10.00", "tax_category": "S", "tax_rate": "0"}])  # fmt: skip
    answer = await documents.submit(broken)
    if answer.status_code == 202:
        status = await documents.status(answer)
        assert status["status"] == "rejected"
        assert status["error"]["errors"]
    else:
        assert answer.status_code == 422
    good = await documents.made(invoice(number="", external_id="y"))
    assert good["document"]["number"] == "RE-2026-0001"


async def test_numbers_have_no_gaps_and_no_doubles_under_concurrency(documents):
    await documents.open_shop()
    await documents.add_customer()
    answers = await asyncio.gather(*(documents.submit(invoice(number="", external_id=f"erp-{i}")) for i in range(12)))
    numbers = [(await documents.status(answer))["document"]["number"] for answer in answers]
    assert sorted(numbers) == [f"RE-2026-{i:04d}" for i in range(1, 13)]


async def test_a_number_once_given_keeps_type_and_year(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    await documents.made(invoice(number="", external_id="x"))
    same = await documents.made(invoice(number="", external_id="x", due_date="2026-12-24"))
    assert same["document"]["number"] == "RE-2026-0001"
    answer = await documents.submit(invoice(number="", external_id="x", type="credit_note"))
    assert (answer.status_code, answer.json()["status"]) == (202, "rejected")
    other = await documents.status(answer)
    assert (other["status"], other["error"]["code"]) == ("rejected", "number_given")


async def test_the_same_key_at_once_with_different_bytes_makes_one_document_and_no_gap(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    dues = [f"2026-12-{day:02d}" for day in range(1, 6)]
    answers = await asyncio.gather(*(documents.submit(invoice(number="", due_date=due)) for due in dues))
    found = [(await documents.status(answer))["document"] for answer in answers]
    assert {(document["id"], document["number"]) for document in found} == {(found[0]["id"], "RE-2026-0001")}
    following = await documents.made(invoice(number="", external_id="y"))
    assert following["document"]["number"] == "RE-2026-0002"
