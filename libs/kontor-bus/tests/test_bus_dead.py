"""What cannot be done ends in the dead queue, and people can deal with it."""

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kontor.documents.v1.documents_pb2 import DocumentOpened, DocumentShared
from kontor_bus import Effects, Envelope, Poison, record
from kontor_bus.bus import transport_for
from kontor_bus.cli import dead as dead_command
from kontor_bus.transport import QueueSpec
from kontor_service.database import Database
from kontor_testing.bus import MERCHANT, QUICK, Station, dead, deliver, entries, envelope, ledger_effects, shared


async def refuse(session: Any, message: DocumentShared, event: Envelope) -> None:
    raise Poison("the customer is a unicorn")


async def stumble(session: Any, message: DocumentShared, event: Envelope) -> None:
    raise RuntimeError("the printer is on fire")


async def recorded(database: Database) -> str:
    async with database.transaction(MERCHANT) as session:
        return str(record(session, shared()))


async def run(url: str, *arguments: str) -> Result:
    runner = CliRunner(env={"KONTOR_BUS_URL": url})
    return await asyncio.to_thread(runner.invoke, dead_command, list(arguments))


async def test_poison_is_dead_at_once_with_its_reason(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, Effects("ledger.entries", {DocumentShared: refuse})) as bus:
        event_id = await recorded(database)
        await bus.idle()
    [letter] = await dead(station.url, "ledger")
    assert (letter.id, letter.queue, letter.type) == (event_id, "ledger.entries", "documents.document.shared.v1")
    assert (letter.error, letter.attempt) == ("the customer is a unicorn", 1)


async def test_after_the_last_retry_an_event_is_dead_with_its_error(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, Effects("ledger.entries", {DocumentShared: stumble})) as bus:
        await recorded(database)
        await bus.idle()
    [letter] = await dead(station.url, "ledger")
    assert letter.error == "RuntimeError: the printer is on fire"
    assert letter.attempt == 3


async def test_an_unknown_type_is_dead_where_effects_are_bound(station: Station) -> None:
    database = await station.database()
    effects = Effects("ledger.entries", ledger_effects().handlers, bindings=["documents.document.#"])
    async with station.bus(database, effects) as bus:
        await deliver(station.url, envelope(shared(), type_name="documents.document.embroidered.v1"))
        await bus.idle()
    [letter] = await dead(station.url, "ledger")
    assert letter.error.startswith("unknown type documents.document.embroidered.v1")
    assert letter.attempt == 1


async def test_what_a_newer_version_has_bound_is_put_back_before_it_is_dead(station: Station) -> None:
    database = await station.database()
    newer = QueueSpec("ledger.entries", ("documents.document.shared.v1", "documents.document.opened.v1"))
    async with station.bus(database, ledger_effects()) as older:
        transport = transport_for(station.url, "ledger", [newer], QUICK)
        await transport.open()
        await transport.close()
        await deliver(station.url, envelope(DocumentOpened(document=shared().document)))
        await older.idle()
    [letter] = await dead(station.url, "ledger")
    assert "another version" in letter.error
    assert letter.attempt == 3


async def test_a_body_that_is_no_message_is_dead(station: Station) -> None:
    database = await station.database()
    broken = envelope(shared())
    object.__setattr__(broken, "body", b"\xff\xff\xff")
    async with station.bus(database, ledger_effects()) as bus:
        await deliver(station.url, broken)
        await bus.idle()
    [letter] = await dead(station.url, "ledger")
    assert letter.error.startswith("body is no documents.document.shared.v1")


async def test_the_dead_are_listed_and_replayed_by_command(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, Effects("ledger.entries", {DocumentShared: refuse})) as bus:
        event_id = await recorded(database)
        await bus.idle()
    listed = await run(station.url, "list", "ledger", "--json")
    assert json.loads(listed.stdout)["error"] == "the customer is a unicorn"
    assert "unicorn" in (await run(station.url, "list", "ledger")).stdout

    assert (await run(station.url, "replay", "ledger", event_id)).stdout == "1 replayed\n"
    async with station.bus(database, ledger_effects()) as bus:
        await bus.idle()
    assert [str(entry) for entry in await entries(database)] == [event_id]
    assert await dead(station.url, "ledger") == []


async def test_only_the_named_dead_are_dropped(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, Effects("ledger.entries", {DocumentShared: refuse})) as bus:
        first, second = await recorded(database), await recorded(database)
        await bus.idle()
    assert (await run(station.url, "drop", "ledger", first)).stdout == "1 dropped\n"
    assert [letter.id for letter in await dead(station.url, "ledger")] == [second]
    assert (await run(station.url, "drop", "ledger", "--all")).stdout == "1 dropped\n"
    assert await dead(station.url, "ledger") == []


async def test_an_event_that_nobody_has_bound_is_kept_and_can_be_replayed_to_a_late_comer(station: Station) -> None:
    database = await station.database()
    async with station.bus(database) as bus:
        event_id = await recorded(database)
        await bus.idle()
    [letter] = await dead(station.url, "kontor.unrouted")
    assert letter.id == event_id
    async with station.bus(database, ledger_effects()) as bus:
        await run(station.url, "replay", "kontor.unrouted", "--all")
        await bus.idle()
    assert [str(entry) for entry in await entries(database)] == [event_id]
    assert await dead(station.url, "kontor.unrouted") == []


async def test_looking_at_the_dead_does_not_use_them_up(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, Effects("ledger.entries", {DocumentShared: refuse})) as bus:
        await recorded(database)
        await bus.idle()
    for _ in range(25):
        assert len(await dead(station.url, "ledger")) == 1


@pytest.mark.parametrize("arguments", [("replay", "ledger"), ("drop", "ledger", "some-id", "--all")])
async def test_the_command_wants_ids_or_all(station: Station, arguments: tuple[str, ...]) -> None:
    answer = await run(station.url, *arguments)
    assert answer.exit_code == 2
    assert "--all" in answer.output


def test_the_command_says_which_setting_is_missing() -> None:
    answer = CliRunner(env={"KONTOR_BUS_URL": "", "KONTOR_BUS_DATABASE_URL": ""}).invoke(dead_command, ["list"])
    assert answer.exit_code == 2
    assert "KONTOR_BUS_URL is not set" in answer.output
