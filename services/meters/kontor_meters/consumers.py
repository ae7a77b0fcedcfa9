"""Which facts of others meters follows."""

from kontor_bus import Copy
from kontor_meters.copies import MERCHANTS, customers_copy
from kontor_service.clock import Clock
from kontor_service.copies import copy_consumer
from kontor_service.database import Database


def consumers(db: Database, clock: Clock) -> list[Copy]:
    return [
        copy_consumer("meters.merchants", db, MERCHANTS),
        copy_consumer("meters.customers", db, customers_copy(clock)),
    ]
