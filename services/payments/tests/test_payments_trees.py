"""Tree planting (D14): what counts, and one square metre for the completed set-up."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.trees.rules import square_metres
from kontor_payments.trees.service import count_trees
from kontor_service.ids import uuid7

WANTED = {"enabled": True, "basis": "payments", "step": 2, "partner": "Waldemarie"}
PATH = "/v1/settings/trees"


@given(counted=st.integers(0, 10**9), more=st.integers(0, 10**6), step=st.integers(1, 10**6))
def test_more_payments_never_plant_less(counted: int, more: int, step: int) -> None:
    planted = square_metres(counted, step, set_up=True)
    assert square_metres(counted + more, step, set_up=True) >= planted == square_metres(counted, step, set_up=False) + 1


async def put(world: Any, **values: Any) -> Any:
    return await world.http.put(PATH, json=WANTED | values, headers=world.staff())


async def shown(world: Any) -> Any:
    return (await world.http.get(PATH, headers=world.staff())).json()


async def paid(world: Any) -> None:
    document = await world.invoice()
    await world.choose(await world.checkout(document), "success")
    await world.becomes(document, "paid")


async def test_nothing_is_counted_until_the_merchant_switches_it_on(world: Any) -> None:
    await paid(world)
    await count_trees(world.app.state.dependencies)
    assert (await shown(world), await world.told(pb.TreePlantingChanged)) == ({}, [])


async def test_payments_and_the_completed_set_up_are_counted_and_told(world: Any) -> None:
    assert (await put(world)).status_code == 200
    assert (await shown(world))["square_metres"] == 0
    for _ in range(3):
        await paid(world)
    await count_trees(world.app.state.dependencies)
    found = await shown(world)
    assert (found["counted"], found["square_metres"], found["set_up_at"] is not None) == (3, 2, True)
    told = await world.told(pb.TreePlantingChanged)
    assert (told[-1].tree_planting.square_metres, told[-1].tree_planting.partner) == (2, "Waldemarie")
    await count_trees(world.app.state.dependencies)
    assert len(await world.told(pb.TreePlantingChanged)) == len(told)


async def test_one_payment_of_several_documents_is_one_and_stays_counted_when_a_dispute_is_lost(world: Any) -> None:
    await put(world, step=1)
    documents = [await world.invoice() for _ in range(3)]
    await world.choose((await world.pay(*documents)).json(), "success")
    for document in documents:
        await world.becomes(document, "paid")
    await count_trees(world.app.state.dependencies)
    assert (await shown(world))["counted"] == 1
    await world.sql("UPDATE payment SET state = 'reversed'")
    await count_trees(world.app.state.dependencies)
    assert (await shown(world))["counted"] == 1


async def test_fees_of_providers_are_counted_in_euros(world: Any) -> None:
    await put(world, basis="fees", step=500)
    await paid(world)
    await world.sql("UPDATE payment SET fee_minor = 1203")
    await count_trees(world.app.state.dependencies)
    assert ((await shown(world))["counted"], (await shown(world))["square_metres"]) == (1203, 3)


@pytest.mark.parametrize("wrong", [{"step": 0}, {"basis": "gross"}, {"partner": "x" * 101}])
async def test_what_makes_no_sense_is_refused_at_its_field(world: Any, wrong: dict[str, Any]) -> None:
    answer = await put(world, **wrong)
    assert (answer.status_code, next(iter(wrong)) in answer.text, await shown(world)) == (422, True, {})


async def test_another_merchants_counter_is_not_shown(world: Any) -> None:
    await put(world)
    other = uuid7()
    await world.register(merchant=other)
    assert (await world.http.get(PATH, headers=world.staff(other))).json() == {}
