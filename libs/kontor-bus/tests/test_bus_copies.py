"""Copies follow the state of aggregates, whatever the fact was."""

from kontor.documents.v1.documents_pb2 import Document, DocumentOpened
from kontor_bus import Copy, Envelope
from kontor_testing.bus import Station, dead, deliver, envelope, shared

BINDINGS = ["documents.document.#"]


class Seen:
    """A copy that keeps the newest version of each document."""

    def __init__(self, *, stumble_over: str = "") -> None:
        self.versions: dict[str, int] = {}
        self.batches: list[int] = []
        self._stumble_over = stumble_over

    async def apply(self, envelopes: list[Envelope]) -> None:
        states = [envelope.state() for envelope in envelopes]
        for state in states:
            assert isinstance(state, Document)
            if state.id == self._stumble_over:
                raise RuntimeError("cannot apply")
        self.batches.append(len(envelopes))
        for state in states:
            assert isinstance(state, Document)
            self.versions[state.id] = max(state.version, self.versions.get(state.id, 0))

    def copy(self) -> Copy:
        return Copy("gateway.views", bindings=BINDINGS, apply=self.apply)


async def test_every_fact_of_a_bound_aggregate_arrives_in_batches(station: Station) -> None:
    seen = Seen()
    events = [shared(version=version) for version in (1, 2, 3)]
    async with station.bus(await station.database(), seen.copy(), service="gateway"):
        pass
    await deliver(station.url, *(envelope(event) for event in events))
    async with station.bus(await station.database(), seen.copy(), service="gateway") as bus:
        await bus.idle()
    assert seen.versions == {event.document.id: event.document.version for event in events}
    assert sum(seen.batches) == 3


async def test_a_fact_of_a_later_version_still_brings_its_state(station: Station) -> None:
    seen = Seen()
    event = shared(version=7)
    # What the unknown fact carries beside the state must not disturb: here text where others have a message.
    later = envelope(DocumentOpened(document=event.document), type_name="documents.document.embroidered.v1")
    object.__setattr__(later, "body", later.body + b"\x12\x03\xff\xfe\xfd")
    async with station.bus(await station.database(), seen.copy(), service="gateway") as bus:
        await deliver(station.url, later)
        await bus.idle()
    assert seen.versions == {event.document.id: 7}


async def test_an_unknown_aggregate_is_passed_over(station: Station) -> None:
    seen = Seen()
    everything = Copy("gateway.views", bindings=["#"], apply=seen.apply)
    async with station.bus(await station.database(), everything, service="gateway") as bus:
        await deliver(station.url, envelope(shared(), type_name="laundry.sock.lost.v1"))
        await bus.idle()
    assert seen.versions == {}
    assert await dead(station.url, "gateway") == []


async def test_one_that_cannot_be_applied_does_not_fail_its_neighbours(station: Station) -> None:
    good, bad = [shared(), shared()], shared()
    seen = Seen(stumble_over=bad.document.id)
    async with station.bus(await station.database(), seen.copy(), service="gateway") as bus:
        await deliver(station.url, *(envelope(event) for event in [good[0], bad, good[1]]))
        await bus.idle()
    assert set(seen.versions) == {event.document.id for event in good}
    [letter] = await dead(station.url, "gateway")
    assert letter.error == "RuntimeError: cannot apply"
