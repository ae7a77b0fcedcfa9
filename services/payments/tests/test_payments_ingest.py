"""Payments over the bus, from a connected system on a real broker (D17)."""

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from kontor_bus.ingest import IngestConsumer
from kontor_payments.bookings.incoming import ingest_message
from kontor_service.ingest import handler_of
from kontor_testing.ingest import ConnectedSystem, connected_system
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually


def payment(number: str, **changes: Any) -> bytes:
    told = {
        "document_number": number, "amount": "119.00", "currency": "EUR", "paid_on": "2026-11-20",
        "external_id": f"bank-{number}", "method": "transfer",
    }  # fmt: skip
    return json.dumps(told | changes).encode()


@pytest_asyncio.fixture(loop_scope="session")
async def system(rabbitmq: RabbitMQ, world: Any) -> AsyncIterator[ConnectedSystem]:
    slug, vhost = f"shop-{secrets.token_hex(4)}", rabbitmq.vhost()
    await world.register(slug=slug)
    made = connected_system(rabbitmq, vhost, slug)
    async with IngestConsumer(rabbitmq.url(vhost), "payments", handler_of(world.app, ingest_message)) as consumer:
        world.app.state.ingest["payments"] = consumer
        yield made
        del world.app.state.ingest["payments"]


async def test_a_payment_from_the_bus_is_booked_once(world: Any, system: ConnectedSystem) -> None:
    number = f"RE-{secrets.token_hex(4)}"
    document = await world.invoice(number=number, amount_due_minor=11900)
    for _ in range(3):
        await system.send("payments", payment(number))

    async def paid() -> bool:
        return await world.state(document) == "paid"

    await eventually(paid)
    assert (await world.receivable(document))["paid_minor"] == 11900


async def test_a_payment_with_a_wrong_field_comes_back_with_its_name(system: ConnectedSystem) -> None:
    await system.send("payments", payment("RE-1", amount="-1"))
    assert "amount" in await system.refusal()


async def test_a_payment_that_names_no_document_comes_back(system: ConnectedSystem) -> None:
    await system.send("payments", payment(""))
    assert "document_number" in await system.refusal()


async def test_a_payment_that_is_refused_later_comes_back_to_its_sender(world: Any, system: ConnectedSystem) -> None:
    await system.send("payments", payment(f"RE-{secrets.token_hex(4)}"))

    async def parked() -> Any:
        return await world.sql("SELECT id FROM incoming_payment WHERE state = 'parked'")

    [row] = await eventually(parked)
    url, reason = f"/v1/incoming-payments/{row['id']}/refuse", {"reason": "Not one of ours"}
    assert (await world.http.post(url, json=reason, headers=world.staff())).status_code == 200
    assert "by_staff: Not one of ours" in await system.refusal()

    async def told() -> bool:
        return await world.sql("SELECT 1 FROM incoming_payment WHERE answer_pending") == []

    await eventually(told)
