"""The real documents process is killed while documents are handed in: every submission once, no number left out."""

import asyncio
import itertools
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Envelope
from kontor_documents.consumers import consumers
from kontor_events.registry import type_of
from kontor_service.ids import uuid7
from kontor_testing.bus import deliver, envelope
from kontor_testing.killable import insist
from kontor_testing.postgres import Databases
from kontor_testing.stage import Stage, staged
from kontor_testing.waiting import eventually

AT_ONCE = 6
# One of so many is an invoice, which the official rules are applied to; the others are quotes.
INVOICES = 5
_SHARED = type_of(documents.DocumentShared())


@dataclass
class Office:
    """The documents service with a merchant's ERP that hands in what Kontor is to number."""

    stage: Stage
    # Facts that a document was shared: ids of the events, by the document's external id.
    shared: dict[str, set[UUID]]
    handed_in: list[int] = field(default_factory=list)
    _places: Any = field(default_factory=lambda: itertools.count(1))

    async def load(self, many: int) -> None:
        """Hands in so many more, a few at a time, and waits for each to be shared."""
        fresh = list(itertools.islice(self._places, many))
        self.handed_in += fresh
        left = iter(fresh)

        async def work() -> None:
            for place in left:
                await self.hand_in(place)
                await eventually(lambda place=place: f"erp-{place}" in self.shared, within=180)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def hand_in(self, place: int) -> None:
        """Twice, as a system does that did not see the first answer; every other one over the bus, where there is one."""
        told, key = self.data(place), f"key-{place}"
        for _ in range(2):
            if self.stage.system is not None and place % 2:
                await self.stage.system.send("documents", json.dumps(told).encode(), message_id=key)
                continue
            token = self.stage.signer.token("documents", "documents:submit", merchant=self.stage.merchant, kind="key")
            headers = {**token, "Idempotency-Key": key}
            await insist(lambda headers=headers: self.stage.http.post("/v1/submissions", json=told, headers=headers))

    def data(self, place: int) -> dict[str, Any]:
        """What Kontor makes a document of, and gives its number."""
        kind = {"type": "invoice", "due_date": "2026-11-26"} if self.is_invoice(place) else {"type": "quote"}
        lines = [{"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": f"{place}.50", "tax_rate": "19"}]
        return {
            **kind,
            "external_id": f"erp-{place}",
            "customer_number": "20931",
            "issue_date": "2026-11-12",
            "lines": lines,
        }

    def is_invoice(self, place: int) -> bool:
        return place % INVOICES == 0

    async def verify(self) -> None:
        """Every submission is processed once, into one document with its files, shared once, numbered without a gap."""
        await self.stage.verify_nothing_waits(consumers(SimpleNamespace(db=None)))  # type: ignore[arg-type]
        submissions = await self.stage.rows("SELECT status, document_id FROM submission")
        assert Counter(row["status"] for row in submissions) == {"processed": len(self.handed_in)}
        kept = await self.stage.rows("SELECT id, type, number, external_id, state FROM document")
        assert Counter(row["document_id"] for row in submissions) == Counter(row["id"] for row in kept)
        assert Counter(row["external_id"] for row in kept) == Counter(f"erp-{place}" for place in self.handed_in)
        assert {row["state"] for row in kept} == {"shared"}
        assert {name: len(ids) for name, ids in self.shared.items()} == {f"erp-{place}": 1 for place in self.handed_in}
        self._verify_numbers(kept)
        await self._verify_files(kept)

    def _verify_numbers(self, kept: list[asyncpg.Record]) -> None:
        for kind, prefix in (("invoice", "RE"), ("quote", "AN")):
            wanted = [place for place in self.handed_in if self.is_invoice(place) == (kind == "invoice")]
            numbers = sorted(row["number"] for row in kept if row["type"] == kind)
            assert numbers == sorted(f"{prefix}-2026-{n:04d}" for n in range(1, len(wanted) + 1))

    async def _verify_files(self, kept: list[asyncpg.Record]) -> None:
        files = Counter(
            (row["document_id"], row["role"]) for row in await self.stage.rows("SELECT * FROM document_file")
        )
        roles = {"invoice": ("pdf", "xml", "xrechnung"), "quote": ("pdf",)}
        assert files == {(row["id"], role): 1 for row in kept for role in roles[row["type"]]}
        facts = await self.stage.rows("SELECT document_id, fact FROM history_entry WHERE fact = 'shared'")
        assert Counter(row["document_id"] for row in facts) == Counter(row["id"] for row in kept)


@pytest.fixture
def submissions() -> int:
    """To be made into documents by the real process: rules, number, PDF."""
    return 10_000 if os.environ.get("KONTOR_PROOF") == "1" else 24


@pytest.fixture(params=["postgresql", "rabbitmq"])
async def office(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Office]:
    shared: dict[str, set[UUID]] = {}

    async def hear(batch: list[Envelope]) -> None:
        for told in batch:
            state: Any = told.state()
            if told.type == _SHARED:
                shared.setdefault(state.external_id, set()).add(told.id)

    rabbitmq = partial(request.getfixturevalue, "rabbitmq") if request.param == "rabbitmq" else None
    files = {"KONTOR_FILES_URL": f"file://{tmp_path}/files"}
    async with staged("documents", databases, rabbitmq, tmp_path, hear, lambda _: files) as stage:
        await open_shop(stage)
        yield Office(stage, shared)


async def open_shop(stage: Stage) -> None:
    """A merchant who releases by itself, with one customer; the service has heard of both."""
    key = str(stage.merchant)
    address = identity.Address(line1="Werkstraße 4", post_code="86153", city="Augsburg", country="DE")
    merchant = identity.Merchant(
        id=key, merchant_id=key, epoch=1, version=1, name="Brunner GmbH", slug=stage.slug, portal_enabled=True, language="de",
        automatic_release=True, time_zone="Europe/Berlin", vat_id="DE123456789", iban="DE02120300000000202051",
        contact_email="info@brunner.example", contact_phone="+49 821 123456", address=address,
    )  # fmt: skip
    for kind in ("invoice", "quote"):
        merchant.document_types.add(type=kind, visible=True, can_pay=True)
    customer = identity.Customer(
        id=str(uuid7()), merchant_id=key, epoch=1, version=1, number="20931", name="Seidel Optik", kind="business",
        email="anna@seidel.example", language="de", address=address,
    )  # fmt: skip
    facts = (identity.MerchantRegistered(merchant=merchant), identity.CustomerCreated(customer=customer))
    await deliver(stage.bus, *(envelope(fact, stage.merchant) for fact in facts))

    async def known() -> bool:
        found = await stage.rows("SELECT (SELECT count(*) FROM merchant) + (SELECT count(*) FROM customer) AS n")
        return found[0]["n"] == len(facts)

    await eventually(known, within=60)


async def test_documents_is_killed_while_they_are_handed_in_and_numbers_each_once(
    office: Office, submissions: int
) -> None:
    every = max(submissions // 40, 11)
    await office.stage.service.killed_while(office.load(submissions), lambda: len(office.shared), submissions, every)
    assert office.stage.service.kills >= 2
    await office.verify()


if os.environ.get("KONTOR_PROOF") == "1":

    @pytest.mark.timeout(3 * 3600)
    async def test_documents_is_killed_for_half_an_hour(office: Office) -> None:
        """KONTOR_SOAK_MINUTES says for how long otherwise."""
        ends = time.monotonic() + 60 * float(os.environ.get("KONTOR_SOAK_MINUTES", "30"))
        while time.monotonic() < ends:
            before = len(office.shared)
            done = partial(lambda before: len(office.shared) - before, before)
            await office.stage.service.killed_while(office.load(60), done, steps=60, every=30)
        assert office.stage.service.kills >= 2
        await office.verify()
