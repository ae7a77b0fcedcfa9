"""A part of an invoice, where the merchant allows it."""

from typing import Any

import pytest

from kontor_testing.waiting import eventually


async def allow(world: Any, least: int = 2000) -> None:
    wanted = {"partial_payments": True, "partial_minimum_minor": least}
    answer = await world.http.put("/v1/settings", json=wanted, headers=world.staff())
    assert answer.json()["partial_payments"] is True


async def test_a_part_is_paid_and_the_rest_stays_open(world: Any) -> None:
    await allow(world)
    document = await world.invoice()
    assert (await world.receivable(document))["partial_minimum_minor"] == 2000
    checkout = (await world.pay(document, amount_minor=4000)).json()
    await world.choose(checkout, "success")
    row = await world.becomes(document, "partly_paid")
    assert (row["paid_minor"], row["open_minor"]) == (4000, 7900)


async def test_a_part_stays_payable_when_another_part_is_transferred_meanwhile(world: Any) -> None:
    await allow(world)
    document = await world.invoice()
    checkout = (await world.pay(document, amount_minor=4000)).json()
    await world.erp(document, "70.00", method="transfer")
    await world.choose(checkout, "success")

    async def both_have_come() -> bool:
        row = await world.receivable(document)
        return bool((row["paid_minor"], row["open_minor"]) == (11000, 900))

    await eventually(both_have_come)


@pytest.mark.parametrize(
    ("amount", "says"), [(1999, "at least €20.00"), (11901, "at most €119.00")]
)  # fmt: skip
async def test_an_amount_out_of_bounds_is_refused_at_its_field(world: Any, amount: int, says: str) -> None:
    await allow(world)
    document = await world.invoice()
    answer = await world.pay(document, amount_minor=amount)
    assert answer.status_code == 422
    assert says in str(answer.json())
    assert "amount_minor" in str(answer.json())


async def test_without_leave_only_the_whole_amount_can_be_paid(world: Any) -> None:
    document = await world.invoice()
    answer = await world.pay(document, amount_minor=4000)
    assert answer.status_code == 422
    assert "€119.00" in answer.json()["detail"]
    assert (await world.pay(document, amount_minor=11900)).status_code == 201
