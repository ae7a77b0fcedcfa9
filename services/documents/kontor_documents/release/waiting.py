"""Waiting documents that have to be looked at: they came in, or something has changed around them (the merchant's settings, a
customer). They may be thousands, so they are noted at once and looked at a few at a time, each in a transaction of its own."""

import asyncio
from datetime import datetime
from uuid import UUID

import structlog

from kontor_documents import to_settle
from kontor_documents.dependencies import Dependencies
from kontor_documents.release.service import hold, settle

log = structlog.get_logger()

# Rendering has two threads; the others read and write meanwhile.
_AT_ONCE = 4
# So long a document waits at most where no process is told of it.
_LOOK_SECONDS = 1.0


async def run(deps: Dependencies) -> None:
    """The job: for ever, at once when this process has noted something."""
    while True:
        deps.wake.clear()
        await settle_noted(deps)
        try:
            await asyncio.wait_for(deps.wake.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue


async def sweep(deps: Dependencies) -> None:
    """Queues the documents that still wait for a customer although the customer exists by now."""
    for merchant_id in await deps.db.merchants("merchants_with_missed_customers"):
        async with deps.db.transaction(merchant_id) as session:
            await to_settle.note_missed(session)


async def settle_noted(deps: Dependencies) -> None:
    """Looks at everything that is noted and due: a few of each merchant in turn, so that thousands of one delay no other."""
    while merchants := await deps.db.merchants("merchants_to_settle"):
        for merchant_id in merchants:
            async with deps.db.transaction(merchant_id) as session:
                claimed = await to_settle.claim(session, _AT_ONCE)
            await asyncio.gather(*(_one(deps, merchant_id, *one) for one in claimed))


async def _one(deps: Dependencies, merchant_id: UUID, document_id: UUID, claimed: datetime) -> None:
    failed: Exception | None = None
    try:
        await settle(deps, merchant_id, document_id)
    except Exception as error:
        failed = error
        log.exception("document_not_settled", document_id=str(document_id), again_in=to_settle.PAUSE_SECONDS)
    try:
        if failed is not None:
            await hold(deps, merchant_id, document_id, failed)
    finally:
        async with deps.db.transaction(merchant_id) as session:
            await to_settle.done(session, document_id, claimed, failed=failed is not None)
