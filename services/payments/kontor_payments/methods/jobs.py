"""What becomes of setups of which nothing is heard, and deleting at the provider what has ended."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlmodel import col, select

from kontor.payments.v1.payments_pb2_codes import SavedMethodState
from kontor_payments.connections.attention import note_refusal
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionUnknown
from kontor_payments.methods import rules
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.service import ask_setup, follow
from kontor_payments.providers.protocol import OutcomeUnknown, Refused, SetupReport

log = structlog.get_logger()


async def ask_about_methods(deps: Dependencies) -> None:
    async with deps.db.connection() as connection:
        rows = await connection.fetch("SELECT merchants_with_methods_to_ask() AS id")
    for row in rows:
        await ask_due(deps, row["id"], datetime.now(UTC))


async def ask_due(deps: Dependencies, merchant_id: UUID, now: datetime) -> None:
    for row in await _claim(deps, merchant_id, now):
        try:
            await (_delete(deps, row) if row.state == SavedMethodState.ENDED else ask_setup(deps, row))
        except ConnectionUnknown:
            # The merchant has deleted its keys: nobody can be asked any more.
            await _give_up(deps, row)
        except (OutcomeUnknown, Refused) as error:
            log.warning("saved_method_not_answered", method_id=str(row.id), error=str(error))
            connection = await deps.providers.by_id(row.merchant_id, row.connection_id)
            await note_refusal(deps, connection, error)


async def _claim(deps: Dependencies, merchant_id: UUID, now: datetime) -> list[SavedMethod]:
    async with deps.db.transaction(merchant_id) as session:
        due = select(SavedMethod).where(col(SavedMethod.ask_at) <= now).limit(50).with_for_update(skip_locked=True)
        rows = list(await session.exec(due))
        for row in rows:
            row.ask_at = rules.next_question(row, now)
            row.asked += 1
        return rows


async def _delete(deps: Dependencies, row: SavedMethod) -> None:
    connection = await deps.providers.by_id(row.merchant_id, row.connection_id)
    await deps.providers.keeper(connection).forget(row.token)
    await _done(deps, row)


async def _give_up(deps: Dependencies, row: SavedMethod) -> None:
    if row.state == SavedMethodState.SETTING_UP:
        await follow(deps, row, SetupReport(row.setup_id, str(row.id), "expired", ""))
    else:
        await _done(deps, row)


async def _done(deps: Dependencies, row: SavedMethod) -> None:
    async with deps.db.transaction(row.merchant_id) as session:
        query = select(SavedMethod).where(SavedMethod.id == row.id).with_for_update()
        (await session.exec(query)).one().ask_at = None
