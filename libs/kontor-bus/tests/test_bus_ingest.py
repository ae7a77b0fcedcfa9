"""Other systems at the vhost `ingest`, on a real broker: what they may do, and all that they may not."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aio_pika
import aiormq.exceptions
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from click.testing import CliRunner, Result
from pamqp import encode

from kontor_bus.ingest import IngestConsumer, IngestMessage, Refused
from kontor_bus.ingest.users import IngestUser, IngestUserError, add_user, ingest_user, remove_user
from kontor_testing.bus import QUICK
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually

PRECONDITION = aiormq.exceptions.ChannelPreconditionFailed
NOT_ALLOWED = aiormq.exceptions.ChannelAccessRefused


def key_of(user: IngestUser, kind: str = "documents") -> str:
    """The routing key with which this system hands in something of this kind."""
    return next(key for key in user.routing_keys if key.startswith(f"{kind}."))


@dataclass
class Door:
    """The vhost of one test, with two merchants' systems at it."""

    rabbitmq: RabbitMQ
    vhost: str
    acme: IngestUser
    other: IngestUser
    received: list[IngestMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.rabbitmq.url(self.vhost)

    async def receive(self, message: IngestMessage) -> None:
        self.received.append(message)

    @asynccontextmanager
    async def as_user(self, user: IngestUser) -> AsyncIterator[AbstractChannel]:
        url = self.rabbitmq.url(self.vhost, user.name, user.password)
        async with await aio_pika.connect(url) as connection:
            yield await connection.channel(publisher_confirms=True, on_return_raises=True)

    async def publish(self, user: IngestUser, body: bytes = b"<Invoice/>", key: str = "", **properties: Any) -> None:
        properties.setdefault("user_id", user.name)
        async with self.as_user(user) as channel:
            exchange = await channel.get_exchange("ingest", ensure=False)
            await exchange.publish(aio_pika.Message(body, **properties), key or key_of(user), mandatory=True)

    async def refusal(self, user: IngestUser) -> AbstractIncomingMessage:
        """As the sender reads it."""

        async def look() -> AbstractIncomingMessage | None:
            async with self.as_user(user) as channel:
                queue = await channel.get_queue(user.refused, ensure=False)
                return await queue.get(no_ack=True, fail=False)

        found = await eventually(look)
        assert found is not None
        return found

    async def waiting(self, queue: str) -> int:
        async with await aio_pika.connect(self.url) as connection:
            declared = await (await connection.channel()).declare_queue(queue, passive=True)
            return declared.declaration_result.message_count or 0


@pytest.fixture
async def door(rabbitmq: RabbitMQ) -> AsyncIterator[Door]:
    vhost, mark = rabbitmq.vhost(), secrets.token_hex(4)
    acme, other = (
        add_user(rabbitmq.management_url, f"acme-{mark}", vhost=vhost),
        add_user(rabbitmq.management_url, f"other-{mark}", vhost=vhost),
    )
    made = Door(rabbitmq, vhost, acme, other)
    async with IngestConsumer(made.url, "documents", made.receive, retry_steps=QUICK):
        yield made


async def test_the_merchant_is_the_user_that_the_broker_vouches_for(door: Door) -> None:
    await door.publish(door.acme, message_id="4711", content_type="application/xml", headers={"external-id": "R-1"})
    await eventually(lambda: door.received)
    [message] = door.received
    assert (message.merchant, message.user, message.kind) == (door.acme.name, door.acme.name, "documents")
    assert (message.body, message.content_type, message.message_id) == (b"<Invoice/>", "application/xml", "4711")
    assert message.headers == {"external-id": "R-1"}


async def test_several_systems_of_a_merchant_each_have_a_user(door: Door) -> None:
    shop = add_user(door.rabbitmq.management_url, door.acme.name, "shop", vhost=door.vhost)
    await door.publish(shop)
    await eventually(lambda: door.received)
    assert (door.received[0].merchant, door.received[0].user) == (door.acme.name, f"{door.acme.name}.shop")


async def test_a_forged_user_id_is_refused_by_the_broker(door: Door) -> None:
    with pytest.raises(PRECONDITION):
        await door.publish(door.acme, user_id=door.other.name)
    with pytest.raises(PRECONDITION):
        await door.publish(door.acme, user_id="guest", headers={"kontor-sender": door.other.name})


async def test_a_header_that_names_another_sender_is_not_believed(door: Door) -> None:
    await door.publish(door.acme, headers={"kontor-sender": door.other.name, "kontor-attempt": 99})
    await eventually(lambda: door.received)
    assert (door.received[0].merchant, door.received[0].attempt) == (door.acme.name, 0)


async def test_another_merchants_routing_key_is_refused_by_the_broker(door: Door) -> None:
    with pytest.raises(NOT_ALLOWED):
        await door.publish(door.acme, key=key_of(door.other))
    with pytest.raises(NOT_ALLOWED):
        await door.publish(door.acme, key="#")


async def test_a_message_without_user_id_is_refused_with_the_reason(door: Door) -> None:
    await door.publish(door.acme, user_id=None)
    assert await eventually(lambda: door.waiting("refused")) == 1
    async with await aio_pika.connect(door.url) as connection:
        queue = await (await connection.channel()).get_queue("refused")
        refused = await queue.get(no_ack=True)
    assert str(refused.headers["kontor-error"]).startswith("user-id is missing")
    assert door.received == []


@pytest.mark.parametrize("header", ["CC", "BCC"])
async def test_copies_to_other_routing_keys_are_refused(door: Door, header: str) -> None:
    payments: list[IngestMessage] = []

    async def keep(message: IngestMessage) -> None:
        payments.append(message)

    async with IngestConsumer(door.url, "payments", keep, retry_steps=QUICK):
        copies = [key_of(door.other, "payments")]
        await door.publish(door.acme, message_id="copied", headers={header: copies})
        refused = await door.refusal(door.acme)
        assert refused.correlation_id == "copied"
        assert payments == []
        assert await door.waiting("payments") == 0
    assert all(message.merchant == door.acme.name for message in door.received)


async def test_a_refused_message_comes_back_to_its_sender_with_the_reason(door: Door) -> None:
    async def choosy(message: IngestMessage) -> None:
        raise Refused("total: 119.00 expected, 120.00 given")

    async with IngestConsumer(door.url, "customers", choosy, retry_steps=QUICK):
        await door.publish(door.acme, b"{}", key_of(door.acme, "customers"), message_id="C-1")
        refused = await door.refusal(door.acme)
    assert refused.headers["kontor-error"] == "total: 119.00 expected, 120.00 given"
    assert (refused.body, refused.message_id, refused.correlation_id) == (b"{}", "C-1", "C-1")


@pytest.mark.parametrize("reason", ["x" * 300_000, "a\0\ud800\r\n\u202e😀"])
async def test_any_reason_reaches_the_sender_and_holds_up_no_other_message(door: Door, reason: str) -> None:
    async def choosy(message: IngestMessage) -> None:
        if message.body == b"bad":
            raise Refused(reason)
        await door.receive(message)

    async with IngestConsumer(door.url, "customers", choosy, retry_steps=QUICK):
        await door.publish(door.acme, b"bad", key_of(door.acme, "customers"))
        await door.publish(door.other, b"good", key_of(door.other, "customers"))
        assert str((await door.refusal(door.acme)).headers["kontor-error"])[:2] == reason[:2]
        assert await eventually(lambda: [message.body for message in door.received]) == [b"good"]


def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """AMQP as systems write it that know nothing of UTF-8, nor in which unit times are."""

    def short(value: str) -> bytes:
        return bytes([len(value)]) + value.encode("latin-1")

    monkeypatch.setattr(encode, "short_string", short)
    monkeypatch.setitem(encode.METHODS, "shortstr", short)
    monkeypatch.setitem(encode.METHODS, "timestamp", lambda _: (1 << 62).to_bytes(8, "big"))


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"message_id": "März"}, "message_id"), ({"headers": {"März": "x"}}, "headers"), ({"type": "März"}, "message_type"),
        ({"content_type": "März", "correlation_id": "März"}, "content_type, correlation_id"),
        ({"timestamp": 1}, "timestamp"), ({"headers": {f"x{n}": "x" * 1000 for n in range(100)}}, "headers"),
    ],
)  # fmt: skip
async def test_properties_that_cannot_be_read_are_refused_and_hold_up_no_other_message(
    door: Door, monkeypatch: pytest.MonkeyPatch, properties: dict[str, Any], named: str
) -> None:
    with monkeypatch.context() as sending:
        careless(sending)
        await door.publish(door.acme, b"bad", **properties)
    await door.publish(door.other, b"good")
    assert named in str((await door.refusal(door.acme)).headers["kontor-error"])
    assert await eventually(lambda: [message.body for message in door.received]) == [b"good"]


async def test_a_body_above_one_mib_does_not_get_in(door: Door) -> None:
    with pytest.raises(PRECONDITION):
        await door.publish(door.acme, b"x" * (1024 * 1024 + 1))
    assert door.received == []


async def test_a_failing_handler_gets_it_again_with_its_sender_and_then_it_is_dead(door: Door) -> None:
    attempts: list[IngestMessage] = []

    async def stumble(message: IngestMessage) -> None:
        attempts.append(message)
        raise RuntimeError("database on fire")

    async with IngestConsumer(door.url, "payments", stumble, retry_steps=QUICK):
        await door.publish(door.acme, b"{}", key_of(door.acme, "payments"), content_type="application/json")
        await eventually(lambda: door.waiting("ingest.dead"))
    assert [message.attempt for message in attempts] == [0, 1, 2]
    assert {(message.merchant, message.content_type) for message in attempts} == {(door.acme.name, "application/json")}


Attempt = Callable[[AbstractChannel, Door], Awaitable[Any]]


async def declare_a_queue(channel: AbstractChannel, door: Door) -> None:
    await channel.declare_queue("mine", durable=True)


async def declare_an_exchange(channel: AbstractChannel, door: Door) -> None:
    await channel.declare_exchange("mine", durable=True)


async def bind_its_queue_to_the_exchange(channel: AbstractChannel, door: Door) -> None:
    queue = await channel.get_queue(door.acme.refused, ensure=False)
    await queue.bind("ingest", routing_key="#")


async def read_what_others_sent(channel: AbstractChannel, door: Door) -> None:
    await (await channel.get_queue("documents", ensure=False)).get(no_ack=True)


async def read_anothers_refusals(channel: AbstractChannel, door: Door) -> None:
    await (await channel.get_queue(door.other.refused, ensure=False)).get(no_ack=True)


async def write_past_the_exchange(channel: AbstractChannel, door: Door) -> None:
    message = aio_pika.Message(b"", user_id=door.acme.name)
    await channel.default_exchange.publish(message, door.other.refused)


async def delete_a_queue(channel: AbstractChannel, door: Door) -> None:
    await channel.queue_delete("documents")


async def purge_a_queue(channel: AbstractChannel, door: Door) -> None:
    await (await channel.get_queue("documents", ensure=False)).purge()


@pytest.mark.parametrize(
    "attempt",
    [
        declare_a_queue,
        declare_an_exchange,
        bind_its_queue_to_the_exchange,
        read_what_others_sent,
        read_anothers_refusals,
        write_past_the_exchange,
        delete_a_queue,
        purge_a_queue,
    ],
)
async def test_a_sender_may_not(door: Door, attempt: Attempt) -> None:
    with pytest.raises(NOT_ALLOWED):
        async with door.as_user(door.acme) as channel:
            await attempt(channel, door)


async def test_a_sender_may_not_enter_another_vhost(door: Door) -> None:
    url = door.rabbitmq.url(door.rabbitmq.vhost(), door.acme.name, door.acme.password)
    with pytest.raises(aiormq.exceptions.AMQPError, match=r"Connection\.Close"):
        await aio_pika.connect(url)


async def test_a_full_queue_rejects_and_the_sender_keeps_its_message(rabbitmq: RabbitMQ) -> None:
    vhost, gate = rabbitmq.vhost(), asyncio.Event()
    acme = add_user(rabbitmq.management_url, f"acme-{secrets.token_hex(4)}", vhost=vhost)
    door = Door(rabbitmq, vhost, acme, acme)

    async def hold(message: IngestMessage) -> None:
        await gate.wait()

    async def flood() -> None:
        # The broker counts a moment behind, so that a few more than the limit may get in.
        for _ in range(200):
            await door.publish(acme)

    async with IngestConsumer(door.url, "documents", hold, retry_steps=QUICK, max_length=3):
        with pytest.raises(aio_pika.exceptions.DeliveryError):
            await flood()
        gate.set()
        await eventually(lambda: _accepted(door))


async def _accepted(door: Door) -> bool:
    try:
        await door.publish(door.acme)
    except aio_pika.exceptions.DeliveryError:
        return False
    return True


async def test_a_removed_user_is_out_at_once(door: Door) -> None:
    async with door.as_user(door.acme) as channel:
        remove_user(door.rabbitmq.management_url, door.acme.name, vhost=door.vhost)
        await eventually(lambda: channel.is_closed)
    with pytest.raises(aio_pika.exceptions.AMQPConnectionError):
        await door.publish(door.acme)


async def test_adding_again_changes_the_password(door: Door) -> None:
    again = add_user(door.rabbitmq.management_url, door.acme.name, vhost=door.vhost)
    with pytest.raises(aio_pika.exceptions.AMQPConnectionError):
        await door.publish(door.acme)
    await door.publish(again)
    await eventually(lambda: door.received)


async def test_a_user_of_kontors_own_is_left_alone(door: Door) -> None:
    with pytest.raises(IngestUserError, match="no connected system"):
        add_user(door.rabbitmq.management_url, "guest", vhost=door.vhost)
    with pytest.raises(IngestUserError, match="no connected system"):
        remove_user(door.rabbitmq.management_url, "guest", vhost=door.vhost)


@pytest.mark.parametrize("slug", ["", "Acme", "acme.shop", "acme*", "acme/x", "müller"])
async def test_other_characters_in_a_name_are_refused(door: Door, slug: str) -> None:
    with pytest.raises(IngestUserError, match="merchant"):
        add_user(door.rabbitmq.management_url, slug, vhost=door.vhost)


async def _command(door: Door, *arguments: str) -> Result:
    runner = CliRunner(env={"KONTOR_RABBITMQ_API": door.rabbitmq.management_url})
    return await asyncio.to_thread(runner.invoke, ingest_user, [*arguments, "--vhost", door.vhost])


async def test_users_are_added_and_removed_by_command(door: Door) -> None:
    slug = f"shop-{secrets.token_hex(4)}"
    added = await _command(door, "add", slug)
    assert added.exit_code == 0, added.output
    lines = dict(line.split(maxsplit=1) for line in added.stdout.splitlines()[:4])
    user = IngestUser(slug, lines["password"], door.vhost, "ingest", (f"documents.{slug}",), f"refused.{slug}")
    await door.publish(user)
    await eventually(lambda: door.received)
    assert (await _command(door, "remove", slug)).stdout == "removed\n"
    gone = await _command(door, "remove", slug)
    assert (gone.exit_code, gone.output) == (1, f"Error: there is no user {slug}\n")


async def test_as_many_messages_as_wanted_are_worked_on_at_a_time(door: Door) -> None:
    both = asyncio.Event()

    async def wait_for_another(message: IngestMessage) -> None:
        door.received.append(message)
        if len(door.received) == 2:
            both.set()
        await both.wait()

    async with IngestConsumer(door.url, "payments", wait_for_another, at_once=2):
        for body in (b"1", b"2"):
            await door.publish(door.acme, body, key_of(door.acme, "payments"))
        await eventually(both.is_set)
    assert [message.body for message in door.received] == [b"1", b"2"]
