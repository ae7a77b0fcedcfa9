"""Several invoices paid at once: one checkout, one payment at the provider, one payment on each invoice."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from kontor_testing.waiting import eventually

_PAYMENTS = """SELECT p.* FROM payment p JOIN receivable r ON r.id = p.receivable_id
    WHERE r.document_id = ANY($1) ORDER BY r.document_id"""


async def two(world: Any) -> tuple[UUID, UUID]:
    return await world.invoice(), await world.invoice(gross_minor=5000, amount_due_minor=5000)


async def started(world: Any, *documents: UUID, **options: Any) -> dict[str, Any]:
    answer = await world.pay(*documents, **options)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_one_payment_at_the_provider_pays_each_invoice(world: Any) -> None:
    first, second = await two(world)
    checkout = await started(world, second, first)
    assert (checkout["amount_minor"], checkout["documents"]) == (16900, [str(first), str(second)])
    await world.choose(checkout, "success")
    assert (await world.becomes(first, "paid"))["paid_minor"] == 11900
    assert (await world.becomes(second, "paid"))["paid_minor"] == 5000
    payments = await world.sql(_PAYMENTS, [first, second])
    assert [payment["amount_minor"] for payment in payments] == [11900, 5000]
    assert len({payment["provider_reference"] for payment in payments}) == 1


async def test_the_provider_is_told_the_numbers_of_all(world: Any) -> None:
    first, second = await two(world)
    there = await world.at_provider(await started(world, first, second))
    assert there["amount_minor"] == 16900
    assert all(f"RE-{str(document)[-6:]}" in there["description"] for document in (first, second))


async def test_a_click_side_by_side_leads_to_the_same_page(world: Any) -> None:
    first, second = await two(world)
    one = await started(world, first, second)
    other = await started(world, second, first, first)
    assert one["checkout_id"] == other["checkout_id"]


async def test_another_choice_ends_the_earlier_checkouts(world: Any) -> None:
    first, second = await two(world)
    single, other = await world.checkout(first), await world.checkout(second)
    both = await started(world, first, second)
    for earlier in (single, other):
        assert (await world.at_provider(earlier))["state"] == "expired"
    alone = await world.checkout(second)
    assert (await world.at_provider(both))["state"] == "expired"
    [live] = await world.sql("SELECT checkout_id FROM checkout_part WHERE document_id = $1 AND live", second)
    assert str(live["checkout_id"]) == alone["checkout_id"]
    assert not await world.sql("SELECT 1 FROM checkout_part WHERE document_id = $1 AND live", first)


async def test_a_debit_is_on_its_way_for_all_and_may_fail_for_all(world: Any) -> None:
    first, second = await two(world)
    checkout = await started(world, first, second, method="sepa_debit")
    await world.choose(checkout, "pending")
    for document in (first, second):
        await world.becomes(document, "on_its_way")
    await world.settle(checkout, "failed")
    for document in (first, second):
        assert (await world.becomes(document, "open"))["last_failure"]


async def test_what_was_transferred_meanwhile_goes_back_by_itself(world: Any) -> None:
    first, second = await two(world)
    checkout = await started(world, first, second)
    await world.choose(checkout, "success", webhooks="never")
    await world.erp(second, "50.00", method="transfer")
    await world.comes_back(checkout)

    async def given_back() -> bool:
        return bool(await world.kept(first) == 11900 and (await world.receivable(second))["refunded_minor"] == 5000)

    await eventually(given_back)
    assert (await world.receivable(first))["paid_minor"] == 11900
    row = await world.becomes(second, "paid")
    assert (row["paid_minor"] - row["refunded_minor"], row["overpaid_minor"]) == (5000, 0)


async def test_a_checkout_is_taken_back_when_one_of_its_invoices_is_paid_by_transfer(world: Any) -> None:
    first, second = await two(world)
    checkout = await started(world, first, second)
    await world.erp(second, "50.00", method="transfer")

    async def ended() -> bool:
        return (await world.at_provider(checkout))["state"] == "expired"

    await eventually(ended)

    async def free() -> bool:
        return not (await world.receivable(first))["checkout_open"]

    await eventually(free)
    assert (await world.pay(first)).status_code == 201


async def test_a_refund_at_the_providers_page_is_taken_from_the_last_invoice_first(world: Any) -> None:
    first, second = await two(world)
    checkout = await started(world, first, second)
    await world.choose(checkout, "success")
    await world.becomes(second, "paid")
    await world.refund_at_provider(checkout, 6000)

    async def refunded() -> bool:
        rows = [await world.receivable(document) for document in (first, second)]
        return [row["refunded_minor"] for row in rows] == [1000, 5000]

    await eventually(refunded)


async def test_approved_money_is_not_captured_when_one_invoice_was_paid_meanwhile(world: Any) -> None:
    first, second = await two(world)
    checkout = await started(world, first, second, method="paypal")
    await world.choose(checkout, "success", webhooks="never")
    await world.erp(first, method="transfer")
    await world.ask_provider_in(timedelta(days=1))
    await world.comes_back(checkout)
    assert await world.kept(second) == 0
    assert await world.state(second) == "open"


async def test_what_cannot_be_paid_together_is_refused_at_its_field(world: Any) -> None:
    first, second = await two(world)
    yen = await world.invoice(currency="JPY")
    foreign = await world.invoice(customer_id=str(uuid4()))
    both = world.payer(customers=[world.customer, UUID(await _customer(world, foreign))])
    for answer, detail in (
        (await world.pay(first, yen), "different currencies"),
        (await world.pay(first, foreign, headers=both), "different customers"),
        (await world.pay(first, second, amount_minor=5000), "one document at a time"),
    ):
        assert answer.status_code == 422
        assert detail in answer.json()["detail"] or detail in str(answer.json()["errors"])
    assert not await world.sql("SELECT 1 FROM checkout_part WHERE document_id = ANY($1)", [first, second, yen])


async def _customer(world: Any, document: UUID) -> str:
    return str((await world.receivable(document))["customer_id"])


async def test_one_that_is_paid_already_says_so_and_all_paid_need_no_page(world: Any) -> None:
    first, second = await two(world)
    await world.erp(second, "50.00")
    answer = await world.pay(first, second)
    assert (answer.status_code, answer.json()["code"]) == (409, "paid_meanwhile")
    assert f"RE-{str(second)[-6:]}" in answer.json()["detail"]
    await world.erp(first)
    settled = await world.pay(first, second)
    assert (settled.status_code, settled.json()["status"]) == (200, "already_paid")


async def test_a_document_of_somebody_else_is_not_there(world: Any) -> None:
    first, second = await two(world)
    answer = await world.pay(first, second, headers=world.payer(customers=[uuid4()]))
    assert answer.status_code == 404
