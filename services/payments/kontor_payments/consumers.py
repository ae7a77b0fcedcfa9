"""Which facts of others payments follows."""

import asyncio
from collections.abc import Awaitable, Callable

from kontor_bus import Copy, Envelope
from kontor_payments.copies.documents import apply_documents
from kontor_payments.copies.identity import apply_customers, apply_merchants
from kontor_service.clock import Clock
from kontor_service.database import Database


def consumers(db: Database, clock: Clock, wake: asyncio.Event, *, sandbox_default: bool) -> list[Copy]:
    """`wake` calls the jobs: a merchant's new offer, a checkout of a cancelled invoice."""

    def waking(apply: Callable[[list[Envelope]], Awaitable[None]]) -> Callable[[list[Envelope]], Awaitable[None]]:
        async def applied(batch: list[Envelope]) -> None:
            await apply(batch)
            wake.set()

        return applied

    return [
        Copy("payments.documents", ["documents.document.#"], waking(lambda batch: apply_documents(db, clock, batch))),
        Copy(
            "payments.merchants",
            ["identity.merchant.#"],
            waking(lambda batch: apply_merchants(db, batch, sandbox_default=sandbox_default)),
        ),
        Copy("payments.customers", ["identity.customer.#"], lambda batch: apply_customers(db, batch)),
    ]
