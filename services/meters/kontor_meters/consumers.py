"""Which facts of others meters follows."""

from kontor_bus import Copy
from kontor_meters.copies.identity import apply_customers, apply_merchants
from kontor_service.clock import Clock
from kontor_service.database import Database


def consumers(db: Database, clock: Clock) -> list[Copy]:
    return [
        Copy("meters.merchants", ["identity.merchant.#"], lambda batch: apply_merchants(db, batch)),
        Copy("meters.customers", ["identity.customer.#"], lambda batch: apply_customers(db, clock, batch)),
    ]
