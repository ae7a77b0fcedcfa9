"""The events feed: nothing skipped, nothing twice, nothing of another merchant's."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kontor.documents.v1.documents_pb2 import Document, DocumentOpened, DocumentReceived, DocumentShared
from kontor.meters.v1.meters_pb2 import Reading, ReadingAccepted
from kontor_bus import Envelope
from kontor_notifications.feed.service import append
from kontor_service.ids import uuid7

OTHER_MERCHANT = "01920000-0000-7000-8000-0000000000ff"


async def read(desk: Any, merchant: str | None = None, **query: Any) -> Any:
    auth = desk.auth("events:read", **({"merchant": merchant} if merchant else {}))
    return (await desk.http.get("/v1/feed", params=query, headers=auth)).json()


def envelope(document: Document) -> Envelope:
    return Envelope(id=uuid7(), type="documents.document.received.v1", source="documents", subject=document.id,
                    time=datetime.now(UTC), merchant_id=UUID(document.merchant_id), traceparent=None, body=b"")  # fmt: skip


async def test_a_position_that_no_event_can_have_is_refused_with_its_field(desk: Any) -> None:
    assert (await read(desk, after=2**63 - 1))["events"] == []
    assert (await read(desk, after=2**63))["field"] == "after"


async def test_facts_appear_in_order_and_reading_goes_on_where_it_stopped(desk: Any, document: Document) -> None:
    await desk.tell(DocumentReceived(document=document))
    await desk.tell(DocumentOpened(document=document, actor="contact:1"))
    first = await read(desk, limit=1)
    assert [event["type"] for event in first["events"]] == ["documents.document.received.v1"]
    rest = await read(desk, after=first["next"])
    assert [event["type"] for event in rest["events"]] == ["documents.document.opened.v1"]
    assert await read(desk, after=rest["next"]) == {"events": [], "next": rest["next"]}


async def test_an_event_carries_the_state_as_json_without_staffs_words(desk: Any, document: Document) -> None:
    document.share_text = "Hallo Kalle"
    await desk.tell(DocumentReceived(document=document))
    [event] = (await read(desk))["events"]
    assert event["subject"] == document.id
    assert event["data"]["document"]["number"] == "RE-2026-0042"
    assert event["data"]["document"]["amount_due_minor"] == "78719"
    assert "share_text" not in event["data"]["document"]


async def test_facts_of_any_owner_whose_contract_says_so_are_read(desk: Any, document: Document) -> None:
    reading = Reading(id=str(uuid7()), merchant_id=document.merchant_id, version=1, value="1234.5", state="valid")
    await desk.tell(ReadingAccepted(reading=reading))
    [event] = (await read(desk))["events"]
    assert (event["type"], event["data"]["reading"]["value"]) == ("meters.reading.accepted.v1", "1234.5")


async def test_a_transaction_that_commits_late_holds_back_later_positions(desk: Any, document: Document) -> None:
    database, merchant = desk.app.state.db, UUID(document.merchant_id)

    async def second() -> None:
        async with database.transaction(merchant) as session:
            await append(session, DocumentShared(document=document), envelope(document))

    async with database.transaction(merchant) as session:
        await append(session, DocumentReceived(document=document), envelope(document))
        late = asyncio.create_task(second())
        done, _ = await asyncio.wait([late], timeout=0.3)
        assert not done
        assert (await read(desk))["events"] == []
    await late
    assert [event["position"] for event in (await read(desk))["events"]] == [1, 2]


async def test_many_writers_give_every_position_once(desk: Any, document: Document) -> None:
    async def write() -> None:
        async with desk.app.state.db.transaction(UUID(document.merchant_id)) as session:
            await append(session, DocumentReceived(document=document), envelope(document))

    await asyncio.gather(*(write() for _ in range(30)))
    assert [event["position"] for event in (await read(desk))["events"]] == list(range(1, 31))


async def test_waiting_ends_with_the_first_news(desk: Any, document: Document) -> None:
    waiting = asyncio.create_task(read(desk, wait=20))
    await desk.tell(DocumentReceived(document=document))
    assert len((await waiting)["events"]) == 1


async def test_another_merchant_reads_its_own_feed_only(desk: Any, document: Document) -> None:
    await desk.tell(DocumentReceived(document=document))
    assert (await read(desk, merchant=OTHER_MERCHANT))["events"] == []


async def test_a_wait_beyond_the_limit_is_refused_by_name(desk: Any) -> None:
    answer = await desk.http.get("/v1/feed", params={"wait": 60}, headers=desk.auth("events:read"))
    assert (answer.status_code, answer.json()["field"]) == (422, "wait")


async def test_a_type_or_the_beginning_of_one_chooses_events(desk: Any, document: Document) -> None:
    await desk.tell(DocumentReceived(document=document))
    await desk.tell(DocumentOpened(document=document, actor="contact:1"))
    opened = await read(desk, type="documents.document.opened.v1")
    assert ([event["position"] for event in opened["events"]], opened["next"]) == ([2], 2)
    assert len((await read(desk, type=["documents.document", "meters"]))["events"]) == 2
    # What is passed over need not be looked at again.
    assert await read(desk, type="meters.reading") == {"events": [], "next": 2}
    assert await read(desk, type="meters.reading", after=2) == {"events": [], "next": 2}


async def test_a_type_that_no_event_has_is_refused_by_name(desk: Any) -> None:
    refused = await read(desk, type="documents.doc")
    assert (refused["code"], refused["field"]) == ("invalid", "type")
    assert "documents.document.shared.v1" in refused["known"]
