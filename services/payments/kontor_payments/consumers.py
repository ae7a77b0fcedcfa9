"""Which facts of others payments follows."""

import asyncio

from kontor_bus import Copy
from kontor_payments.copies import CUSTOMERS, documents_copy, merchants_copy
from kontor_service.clock import Clock
from kontor_service.copies import copy_consumer
from kontor_service.database import Database


def consumers(db: Database, clock: Clock, wake: asyncio.Event, *, sandbox_default: bool) -> list[Copy]:
    """`wake` calls the jobs: a merchant's new offer, a checkout of a cancelled invoice."""
    return [
        copy_consumer("payments.documents", db, documents_copy(clock), after=wake.set),
        copy_consumer("payments.merchants", db, merchants_copy(sandbox_default=sandbox_default), after=wake.set),
        copy_consumer("payments.customers", db, CUSTOMERS),
    ]
