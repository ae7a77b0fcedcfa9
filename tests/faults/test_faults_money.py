"""The real payments process is killed while customers pay and the ERP books: every booking once, every amount right."""

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
from typing import Any
from uuid import UUID

import httpx
import pytest

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor.payments.v1 import payments_pb2 as payments
from kontor_bus import Envelope
from kontor_payments.consumers import consumers
from kontor_payments.dependencies import Dependencies
from kontor_sandbox.server import create_app as create_sandbox
from kontor_sandbox.settings import SandboxSettings
from kontor_service.ids import uuid7
from kontor_testing.bus import deliver, envelope
from kontor_testing.killable import insist
from kontor_testing.postgres import Databases
from kontor_testing.serving import free_port, serving
from kontor_testing.stage import Stage, staged
from kontor_testing.waiting import eventually

AT_ONCE = 6
CARD, PART_AND_CARD, THIRDS, PART = range(4)
# Bookings that one invoice of each kind gets.
BOOKINGS = {CARD: 1, PART_AND_CARD: 2, THIRDS: 3, PART: 1}


@dataclass(frozen=True)
class Invoice:
    """One invoice, how it is paid, and what has to come of it."""

    id: UUID
    place: int

    @property
    def kind(self) -> int:
        return self.place % len(BOOKINGS)

    @property
    def number(self) -> str:
        return f"RE-{self.place}"

    @property
    def due(self) -> int:
        return 12_000 + self.place

    @property
    def by_erp(self) -> dict[str, int]:
        """Amounts that the ERP books, by its own id."""
        third = self.due // 3
        parts = {CARD: [], PART_AND_CARD: [5_000], THIRDS: [third, third, self.due - 2 * third], PART: [4_000]}[
            self.kind
        ]
        return {f"bank-{self.place}-{index}": amount for index, amount in enumerate(parts)}

    @property
    def by_card(self) -> int:
        return self.due - sum(self.by_erp.values()) if self.kind in (CARD, PART_AND_CARD) else 0

    @property
    def outcome(self) -> tuple[str, int, int, int, int]:
        """State, open, paid, on its way, overpaid."""
        paid = sum(self.by_erp.values()) + self.by_card
        return ("paid" if paid == self.due else "partly_paid", self.due - paid, paid, 0, 0)


@dataclass
class Till:
    """The payments service with its provider, a customer and the merchant's ERP."""

    stage: Stage
    provider: httpx.AsyncClient
    # The newest that a listener has heard of each document's receivable.
    heard: dict[str, Any]
    customer: UUID = field(default_factory=uuid7)
    invoices: list[Invoice] = field(default_factory=list)
    confirmed: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def load(self, many: int) -> None:
        """So many more invoices arrive and are paid, a few at a time."""
        fresh = [Invoice(uuid7(), next(self._numbers)) for _ in range(many)]
        self.invoices += fresh
        left = iter(fresh)

        async def work() -> None:
            for invoice in left:
                await deliver(self.stage.bus, envelope(self.shared(invoice), self.stage.merchant))
                await self.pay(invoice)

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))

    async def pay(self, invoice: Invoice) -> None:
        for external_id, amount in invoice.by_erp.items():
            await self.book(invoice, external_id, amount)
            self.confirmed += 1
        if invoice.by_card:
            await self.check_out(invoice)
            self.confirmed += 1

    async def book(self, invoice: Invoice, external_id: str, amount: int) -> None:
        """Twice, as a system does that did not see the first answer; every other one over the bus, where there is one."""
        told = {
            "document_number": invoice.number, "amount": f"{amount / 100:.2f}", "currency": "EUR",
            "paid_on": "2026-11-20", "external_id": external_id, "method": "transfer",
        }  # fmt: skip
        if self.stage.system is not None and invoice.place % 8 >= 4:
            for _ in range(2):
                await self.stage.system.send("payments", json.dumps(told).encode())
            return
        for _ in range(2):
            headers = self.stage.signer.token("payments", "payments:book", merchant=self.stage.merchant, kind="key")
            await insist(
                lambda headers=headers: self.stage.http.post("/v1/incoming-payments", json=told, headers=headers)
            )

    async def check_out(self, invoice: Invoice) -> None:
        """The customer pays what is open, by card on the provider's page."""
        if invoice.kind == PART_AND_CARD:
            await eventually(lambda: self.knows(invoice, invoice.by_card), within=120)
        wanted = {"documents": [str(invoice.id)], "method": "card", "return_url": "http://localhost:9/zurueck"}

        async def start() -> httpx.Response:
            token = self.stage.signer.token(
                "payments", "documents:pay", merchant=self.stage.merchant, kind="contact", customers=[self.customer]
            )
            return await self.stage.http.post("/v1/checkouts", json=wanted, headers=token)

        answer = await insist(start)
        assert answer.status_code == 201, answer.text
        assert answer.json()["amount_minor"] == invoice.by_card
        done = await self.provider.post(answer.json()["redirect_url"], data={"outcome": "success"})
        assert done.status_code < 400, done.text

    def knows(self, invoice: Invoice, open_minor: int) -> bool:
        """Whether the listener has heard that so much is open."""
        found = self.heard.get(str(invoice.id))
        return found is not None and found.open_minor == open_minor

    def shared(self, invoice: Invoice) -> documents.DocumentShared:
        return documents.DocumentShared(
            document=documents.Document(
                id=str(invoice.id), merchant_id=str(self.stage.merchant), epoch=1, version=1, type="invoice", state="shared",
                number=invoice.number, customer_id=str(self.customer), thread_id=str(invoice.id), currency="EUR",
                gross_minor=invoice.due, amount_due_minor=invoice.due, issue_date="2026-11-01", due_date="2026-12-01",
            )
        )  # fmt: skip

    def outcomes_heard(self) -> dict[str, tuple[str, int, int, int, int]]:
        return {
            key: (r.state, r.open_minor, r.paid_minor, r.pending_minor, r.overpaid_minor)
            for key, r in self.heard.items()
        }

    async def verify(self) -> None:
        """Every booking once, every open amount right; owner, listener and provider tell the same story."""
        expected = {str(one.id): one.outcome for one in self.invoices}
        await eventually(lambda: self.outcomes_heard() == expected, within=180, every=0.2)
        nothing = Dependencies(None, None, None, asyncio.Event(), asyncio.Event())  # type: ignore[arg-type]
        copies = consumers(nothing, sandbox_default=True)
        await self.stage.verify_nothing_waits(copies)
        kept = await self.stage.rows("SELECT * FROM receivable")
        assert Counter(row["document_id"] for row in kept) == Counter(one.id for one in self.invoices)
        for row in kept:
            found = tuple(row[f] for f in ("state", "open_minor", "paid_minor", "pending_minor", "overpaid_minor"))
            assert found == expected[str(row["document_id"])]
        await self._verify_bookings()

    async def _verify_bookings(self) -> None:
        booked = await self.stage.rows("SELECT external_id, amount_minor FROM payment WHERE provider = 'erp'")
        told = [item for one in self.invoices for item in one.by_erp.items()]
        assert Counter(map(tuple, booked)) == Counter(told)
        charged = await self.stage.rows(
            "SELECT r.document_id, p.amount_minor FROM payment p JOIN receivable r ON r.id = p.receivable_id "
            "WHERE p.provider = 'sandbox'"
        )
        paid_by_card = [(one.id, one.by_card) for one in self.invoices if one.by_card]
        assert Counter(map(tuple, charged)) == Counter(paid_by_card)
        ledger = await self.stage.rows("SELECT bucket, sum(amount_minor)::bigint FROM booking GROUP BY bucket")
        assert dict(ledger).get("paid") == sum(one.outcome[2] for one in self.invoices)
        assert not dict(ledger).get("refunded")


@pytest.fixture
def bookings() -> int:
    """To be made by the real process: each is a few requests, a transaction and an event."""
    return 10_000 if os.environ.get("KONTOR_PROOF") == "1" else 40


@pytest.fixture(params=["postgresql", "rabbitmq"])
async def till(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[Till]:
    heard: dict[str, Any] = {}

    async def hear(batch: list[Envelope]) -> None:
        for told in batch:
            state: Any = told.state()
            if isinstance(state, payments.Receivable):
                known = heard.get(state.document_id)
                if known is None or (state.epoch, state.version) > (known.epoch, known.version):
                    heard[state.document_id] = state

    rabbitmq = partial(request.getfixturevalue, "rabbitmq") if request.param == "rabbitmq" else None
    port = free_port()
    async with serving(sandbox(tmp_path, port), port=port) as provider_url:
        settings = partial(told_of_provider, provider_url)
        async with (
            httpx.AsyncClient(base_url=provider_url, timeout=30) as provider,
            staged("payments", databases, rabbitmq, tmp_path, hear, settings) as stage,
        ):
            fact = identity.MerchantRegistered(merchant=merchant(stage.merchant, stage.slug))
            await deliver(stage.bus, envelope(fact, stage.merchant))
            yield Till(stage, provider, heard)


def told_of_provider(provider_url: str, own_url: str) -> dict[str, str]:
    return {
        "KONTOR_SANDBOX_URL": provider_url,
        "KONTOR_WEBHOOK_URL": f"{own_url}/v1/webhooks",
        "KONTOR_ASK_EVERY": "0.5",
    }


def sandbox(folder: Path, port: int) -> Any:
    return create_sandbox(
        SandboxSettings(
            environment="development",
            database=folder / "sandbox.db",
            public_url=f"http://127.0.0.1:{port}",
        )
    )


def merchant(key: UUID, slug: str) -> identity.Merchant:
    return identity.Merchant(
        id=str(key), merchant_id=str(key), epoch=1, version=1, name="Muster GmbH", slug=slug, payments_enabled=True,
        time_zone="Europe/Berlin", iban="DE75512108001245126199", bic="SOLADEST600",
    )  # fmt: skip


async def test_payments_is_killed_while_money_comes_in_and_books_all_of_it_once(till: Till, bookings: int) -> None:
    invoices = bookings * len(BOOKINGS) // sum(BOOKINGS.values())
    await till.stage.service.killed_while(
        till.load(invoices), lambda: till.confirmed, steps=bookings, every=max(bookings // 40, 14)
    )
    assert till.stage.service.kills >= 2
    await till.verify()


if os.environ.get("KONTOR_PROOF") == "1":

    @pytest.mark.timeout(3 * 3600)
    async def test_payments_is_killed_for_half_an_hour(till: Till) -> None:
        """KONTOR_SOAK_MINUTES says for how long otherwise."""
        ends = time.monotonic() + 60 * float(os.environ.get("KONTOR_SOAK_MINUTES", "30"))
        while time.monotonic() < ends:
            before = till.confirmed
            done = partial(lambda before: till.confirmed - before, before)
            await till.stage.service.killed_while(till.load(60), done, steps=100, every=50)
        assert till.stage.service.kills >= 2
        await till.verify()
