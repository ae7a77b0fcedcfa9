"""Which facts of others payments follows."""

from kontor_bus import Copy
from kontor_payments.copies import CUSTOMERS, documents_copy, merchants_copy
from kontor_payments.dependencies import Dependencies
from kontor_service.copies import copy_consumer


def consumers(deps: Dependencies, *, sandbox_default: bool) -> list[Copy]:
    """The jobs are woken: a merchant's new offer, a checkout of a cancelled invoice."""
    merchants = merchants_copy(sandbox_default=sandbox_default)
    return [
        copy_consumer("payments.documents", deps.db, documents_copy(deps.clock), after=deps.wake.set),
        copy_consumer("payments.merchants", deps.db, merchants, after=deps.wake.set),
        copy_consumer("payments.customers", deps.db, CUSTOMERS),
    ]
