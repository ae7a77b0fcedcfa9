"""Meters and readings of other systems, handed on to their owner."""

from typing import Any
from uuid import UUID

import pytest_asyncio
from gateway_meters import meter

from kontor.meters.v1 import meters_pb2

KEY = {"authorization": "Bearer kontor_key"}


BATCH = {"id": "01900000-0000-7000-8000-0000000000b1", "status": "processed", "total": 2, "stored": 1, "duplicates": 0,
         "corrected": 0, "parked": 1, "refused": 0,
         "problems": [{"index": 1, "code": "unknown_meter", "field": "meter", "detail": "X-9"}]}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def home(portal: Any) -> dict[str, Any]:
    """A merchant with an API key, and a customer who is logged in."""
    merchant = await portal.merchant("stadtwerk")
    customer = await portal.customer(merchant)
    portal.owners.keys["kontor_key"] = UUID(merchant)
    cookie = await portal.login("stadtwerk", merchant, customer)
    return {"merchant": merchant, "customer": customer, "cookie": cookie}


async def test_readings_of_other_systems_are_handed_on_byte_by_byte(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/incoming-readings", BATCH)
    portal.owners.answer("GET", f"/v1/incoming-readings/{BATCH['id']}", BATCH)
    for kind, encoding in (("text/csv; charset=iso-8859-1", None), ("application/gzip", None), ("text/csv", "gzip")):
        headers = KEY | {"content-type": kind} | ({"content-encoding": encoding} if encoding else {})
        answer = await portal.client.post("/api/ingest/v1/readings", content=b"\x1f\x8b \xe4 bytes", headers=headers)
        assert answer.status_code == 200
        _, _, body, sent = portal.owners.asked[-1]
        assert body == b"\x1f\x8b \xe4 bytes"
        assert (sent["content-type"], sent.get("content-encoding")) == (kind, encoding)
    assert answer.json()["problems"][0]["code"] == "unknown_meter"
    address = answer.json()["status_url"].removeprefix("http://localhost:8000")
    again = await portal.client.get(address, headers=KEY)
    assert again.json()["parked"] == 1


async def test_a_batch_that_is_too_large_is_refused(portal: Any, home: Any) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b"x" * 1024 * 1024

    answer = await portal.client.post("/api/ingest/v1/readings", content=endless(), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert (await portal.client.post("/api/ingest/v1/readings", content=b"{}")).status_code == 401


async def test_meters_of_other_systems_are_in_the_portal_at_once(portal: Any, home: Any) -> None:
    known = meter(home["merchant"], home["customer"], "NEU-1")
    new = portal.result(meters_pb2.MeterSnapshot(meter=known))
    registers = [{"id": known.registers[0].id, "obis": "1-0:1.8.0", "direction": "consumption", "tariff": "single"}]
    refused = {"index": 1, "error": {"code": "invalid", "field": "number"}}
    portal.owners.answer("POST", "/v1/incoming-meters", {"results": [{"index": 0} | new, refused], "failed": 1})
    body = [{"external_id": "e-1", "number": "NEU-1"}, {"external_id": "e-2"}]
    answer = await portal.client.post("/api/ingest/v1/meters", json=body, headers=KEY)
    assert answer.json() == {
        "results": [{"index": 0, "id": new["id"], "version": 1, "registers": registers}, refused],
        "failed": 1,
    }
    assert portal.owners.asked_of("/v1/incoming-meters") == [body]
    listed = (await portal.json("/api/portal/v1/stadtwerk/meters", home["cookie"])).json()["meters"]
    assert "NEU-1" in [one["number"] for one in listed]
    portal.owners.answer("POST", "/v1/incoming-meters", new, 201)
    one = await portal.client.post("/api/ingest/v1/meters", json=body[0], headers=KEY)
    assert (one.status_code, one.json()) == (201, {"id": new["id"], "version": 1, "registers": registers})
