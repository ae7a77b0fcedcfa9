"""A few orders of words about money, against the running service, PostgreSQL and the provider."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kontor_testing.waiting import eventually

DUE = 11900
QUIET = """
    SELECT 1 FROM checkout c JOIN checkout_part t ON t.checkout_id = c.id
        WHERE t.document_id = $1 AND c.state IN ('creating', 'approved', 'ending')
    UNION ALL SELECT 1 FROM refund f JOIN receivable r ON r.id = f.receivable_id
        WHERE r.document_id = $1 AND f.state = 'requested'
    UNION ALL SELECT 1 FROM payment p JOIN receivable r ON r.id = p.receivable_id
        WHERE r.document_id = $1 AND p.state IN ('pending', 'refund_pending')
"""
SUMS = """
    SELECT bucket, sum(amount_minor)::bigint AS total FROM booking b JOIN receivable r ON r.id = b.receivable_id
    WHERE r.document_id = $1 GROUP BY bucket
"""


class Customer:
    """Does things to one invoice and remembers what money really moved past the provider."""

    def __init__(self, world: Any, document: UUID) -> None:
        self.world = world
        self.document = document
        self.checkouts: list[dict[str, Any]] = []
        self.transferred = 0
        self.marked = 0

    async def do(self, step: str) -> None:
        verb, _, how = step.partition(" ")
        await getattr(self, verb)(how)
        row = await self.world.receivable(self.document)
        assert row["open_minor"] >= 0

    async def start(self, method: str) -> None:
        answer = await self.world.pay(self.document, method=method)
        assert answer.status_code in (200, 201), answer.text
        if answer.status_code == 201:
            self.checkouts.append(answer.json())

    async def pay(self, webhooks: str) -> None:
        for checkout in self.checkouts[-1:]:
            await self.world.choose(checkout, "success", webhooks=webhooks, late_seconds="1")

    async def debit(self, webhooks: str) -> None:
        for checkout in self.checkouts[-1:]:
            await self.world.choose(checkout, "pending", webhooks=webhooks, late_seconds="1")

    async def arrive(self, outcome: str) -> None:
        for checkout in self.checkouts[-1:]:
            await self.world.settle(checkout, outcome)

    async def come(self, _: str) -> None:
        for checkout in self.checkouts[-1:]:
            assert (await self.world.comes_back(checkout)).status_code == 200

    async def erp(self, _: str) -> None:
        """The ERP books what it saw at the provider, under the provider's name."""
        seen = [p for c in await self.world.all_at_provider(self.document) for p in c["payments"]]
        for payment in [p for p in seen if p["state"] == "succeeded"][:1]:
            await self.world.erp(self.document, reference=payment["id"], external_id=f"erp-{payment['id']}")

    async def transfer(self, _: str) -> None:
        self.transferred = DUE
        answer = await self.world.erp(self.document, method="transfer", external_id=f"bank-{self.document}")
        assert answer.status_code in (200, 201)

    async def settled(self) -> None:
        """Everything on its way arrives, and every question to the provider is asked."""
        for checkout in self.checkouts:
            await self.world.settle(checkout)
        await self.world.ask_provider_in(timedelta(days=30))

        async def quiet() -> bool:
            return not await self.world.sql(QUIET, self.document)

        await eventually(quiet)
        for checkout in self.checkouts:
            await self.world.comes_back(checkout)
        await eventually(quiet)


STEPS = [
    "start card", "start sepa_debit", "start paypal", "pay prompt", "pay thrice", "pay late", "pay never", "pay out_of_order",
    "debit prompt", "debit never", "arrive succeeded", "arrive failed", "come back", "erp books", "transfer money",
]  # fmt: skip


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.sampled_from(STEPS), min_size=2, max_size=8))
async def test_whatever_the_order_the_customer_has_paid_once(world: Any, steps: list[str]) -> None:
    document = await world.invoice()
    customer = Customer(world, document)
    for step in ["start card", *steps]:
        await customer.do(step)
    await customer.settled()
    row = await world.receivable(document)
    kept = await world.kept(document)
    sums = {r["bucket"]: r["total"] for r in await world.sql(SUMS, document)}
    assert sums.get("pending", 0) == row["pending_minor"] == 0
    assert sums.get("paid", 0) == row["paid_minor"]
    assert sums.get("refunded", 0) == row["refunded_minor"]
    received = row["paid_minor"] - row["refunded_minor"]
    assert received == kept + customer.transferred
    assert received - row["overpaid_minor"] in (0, DUE)
    assert row["open_minor"] == (0 if received else DUE)
    assert row["state"] == ("paid" if received else "open")
    if not customer.transferred:
        assert row["overpaid_minor"] == 0
