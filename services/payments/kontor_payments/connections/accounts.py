"""A merchant connects its account at a provider, by keys or by allowing us there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments.connections.refusals import problem
from kontor_payments.connections.rules import check_account
from kontor_payments.connections.service import active_connection
from kontor_payments.connections.trial import has_passed
from kontor_payments.dependencies import Dependencies
from kontor_payments.models import Connection, Merchant
from kontor_payments.providers.protocol import ConnectedAccount, OutcomeUnknown, Refused
from kontor_payments.providers.registry import KINDS
from kontor_service.events import state_of
from kontor_service.ids import uuid7


async def connect_with_key(
    deps: Dependencies, merchant_id: UUID, provider: str, fields: Mapping[str, str]
) -> Connection:
    """`fields` are the provider's key_fields (registry). A new account begins as a trial.

    The same account again is given its new key and keeps its state; the live account ends that of the test mode.
    Raises KeyRefused at the first field, ProviderUnavailable, ConnectionUnknown.
    """
    field = f"fields.{KINDS[provider].key_fields[0].name}"
    try:
        account = await deps.providers.connector(provider).by_key(fields)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider, field=field) from error
    return await store_account(deps, merchant_id, provider, account, field=field)


async def store_account(
    deps: Dependencies, merchant_id: UUID, provider: str, account: ConnectedAccount, *, field: str | None = None
) -> Connection:
    """Nothing is locked while the provider is asked to send its webhooks to the connection's address."""
    async with deps.db.transaction(merchant_id) as session:
        known = await active_connection(session, provider)
        passed = await has_passed(session, provider)
    check_account(known, account, provider, trial_passed=passed, field=field)
    same = known is not None and (known.account, known.mode) == (account.id, account.mode)
    connection_id = known.id if known is not None and same else uuid7()
    address = deps.providers.webhook_address(provider, connection_id)
    try:
        keys = await deps.providers.connector(provider).register_webhook(account.credentials, address)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider, field=field) from error
    made = Connection(
        id=connection_id, merchant_id=merchant_id, provider=provider, account=account.id,
        display_name=account.display_name, mode=account.mode, credentials=deps.providers.keys.seal(keys),
        webhook_url=address, connected_at=datetime.now(UTC),
    )  # fmt: skip
    async with deps.db.transaction(merchant_id) as session:
        # Another member of staff may have connected another account meanwhile.
        active = await lock_active(session, provider)
        check_account(active, account, provider, trial_passed=passed, field=field)
        stored = await _store_connection(session, made, active)
    deps.wake.set()
    return stored


async def _store_connection(session: AsyncSession, made: Connection, active: Connection | None) -> Connection:
    if active is not None and active.id == made.id:
        for name in ("display_name", "credentials", "webhook_url", "connected_at"):
            setattr(active, name, getattr(made, name))
        active.problem, active.problem_at = "", None
        changed(session, active)
        return active
    if active is not None:
        # Of the test mode, where nothing was paid.
        active.state, active.ended_at, active.credentials = "ended", datetime.now(UTC), ""
        changed(session, active)
        await session.flush()
    session.add(made)
    record(session, pb.ConnectionChanged(connection=state_of(pb.Connection, made)))
    return made


def changed(session: AsyncSession, connection: Connection) -> None:
    """One new version, and the event of it."""
    connection.touch()
    record(session, pb.ConnectionChanged(connection=state_of(pb.Connection, connection)))


async def close_account(deps: Dependencies, connection: Connection) -> None:
    """Takes the connection's webhook away at the provider, and our access unless another connection needs it. Raises OutcomeUnknown."""
    async with deps.db.connection() as asked:
        query = "SELECT account_still_used($1, $2, $3)"
        still_used = await asked.fetchval(query, connection.provider, connection.account, connection.id)
    keys = deps.providers.keys.unseal(connection.credentials)
    await deps.providers.connector(connection.provider).close(keys, account_still_used=still_used)


async def lock_active(session: AsyncSession, provider: str) -> Connection | None:
    """For what changes what customers are offered. The merchant is locked first, as its copy does."""
    await session.exec(update(Merchant).values(offer_pending=True))
    return await active_connection(session, provider, lock=True)
