"""A merchant connects its account at a provider, by keys or by allowing us there, and ends that again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlmodel import select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts.ending import LIVE
from kontor_payments.checkouts.reports import lock_parts
from kontor_payments.connections.refusals import problem
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionUnknown, OAuthStateInvalid
from kontor_payments.models import Checkout, Connection, Merchant
from kontor_payments.providers.protocol import ConnectedAccount, OutcomeUnknown, Refused
from kontor_payments.receivables.account import close_several
from kontor_service.ids import uuid7

_OAUTH_MINUTES = 60


async def connect_with_key(
    deps: Dependencies, merchant_id: UUID, provider: str, fields: Mapping[str, str]
) -> Connection:
    """`fields` are what the provider's connector asks for (Stripe: key). The connection begins as a trial.

    The same account again is given its new key and keeps its state; another account ends the one before.
    Raises KeyRefused at the field, ProviderUnavailable, ConnectionUnknown.
    """
    connector = deps.providers.connector(provider)
    try:
        account = await connector.by_key(fields)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider, field="key") from error
    return await _connected(deps, merchant_id, provider, account)


async def begin_oauth(deps: Dependencies, merchant_id: UUID, provider: str, redirect_url: str) -> str:
    """The provider's address where the merchant allows us access. `redirect_url` is ours, where it comes back to.

    Raises ConnectionUnknown where this installation has no such way.
    """
    connector = deps.providers.connector(provider)
    if not connector.has_oauth:
        raise ConnectionUnknown
    until = datetime.now(UTC) + timedelta(minutes=_OAUTH_MINUTES)
    told = {"merchant": str(merchant_id), "provider": provider, "until": until.isoformat()}
    return await connector.authorize_url(deps.providers.keys.seal(told), redirect_url)


async def finish_oauth(deps: Dependencies, merchant_id: UUID, provider: str, state: str, code: str) -> Connection:
    """The merchant is back with the provider's code. Raises OAuthStateInvalid for a state that is not this merchant's.

    Otherwise as connect_with_key.
    """
    _check_state(deps, merchant_id, provider, state)
    try:
        account = await deps.providers.connector(provider).by_code(code, state)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider) from error
    return await _connected(deps, merchant_id, provider, account)


async def disconnect(deps: Dependencies, merchant_id: UUID, provider: str) -> None:
    """Nothing new is paid through it. Open checkouts are taken back by the job; what was paid stays and is followed,
    and can be refunded for as long as the provider accepts the key. Raises ConnectionUnknown."""
    async with deps.db.transaction(merchant_id) as session:
        await session.exec(update(Merchant).values(offer_pending=True))
        found = await _active(session, provider)
        if found is None:
            raise ConnectionUnknown
        found.state = "ended"
        open_now = select(Checkout.id).where(Checkout.connection_id == found.id, Checkout.state.in_(LIVE))  # type: ignore[attr-defined]
        checkouts = list(await session.exec(open_now))
    for checkout_id in checkouts:
        await _end_checkout(deps, merchant_id, checkout_id)
    deps.wake.set()


def _check_state(deps: Dependencies, merchant_id: UUID, provider: str, state: str) -> None:
    try:
        told = deps.providers.keys.unseal(state)
    except (InvalidToken, KeyError, json.JSONDecodeError) as error:
        raise OAuthStateInvalid from error
    if (told.get("merchant"), told.get("provider")) != (str(merchant_id), provider):
        raise OAuthStateInvalid
    if datetime.fromisoformat(told["until"]) < datetime.now(UTC):
        raise OAuthStateInvalid


async def _connected(deps: Dependencies, merchant_id: UUID, provider: str, account: ConnectedAccount) -> Connection:
    """Nothing is locked while the provider is asked to send its webhooks to the connection's address."""
    async with deps.db.transaction(merchant_id) as session:
        active = await _active(session, provider)
    same = active is not None and (active.account, active.mode) == (account.id, account.mode)
    connection_id = active.id if active is not None and same else uuid7()
    address = deps.providers.webhook_address(provider, connection_id)
    try:
        keys = await deps.providers.connector(provider).register_webhook(account.credentials, address)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider) from error
    return await _write(deps, Connection(
        id=connection_id, merchant_id=merchant_id, provider=provider, account=account.id,
        display_name=account.display_name, mode=account.mode, credentials=deps.providers.keys.seal(keys),
        webhook_url=address, connected_at=datetime.now(UTC),
    ))  # fmt: skip


async def _write(deps: Dependencies, made: Connection) -> Connection:
    async with deps.db.transaction(made.merchant_id) as session:
        # The merchant first, as its copy does; it also keeps two staff members who connect at once apart.
        await session.exec(update(Merchant).values(offer_pending=True))
        active = await _active(session, made.provider)
        if active is not None and active.id == made.id:
            for name in ("display_name", "credentials", "webhook_url", "connected_at"):
                setattr(active, name, getattr(made, name))
            made = active
        else:
            if active is not None:
                active.state = "ended"
                await session.flush()
            session.add(made)
    deps.wake.set()
    return made


async def _active(session: AsyncSession, provider: str) -> Connection | None:
    query = select(Connection).where(Connection.provider == provider, Connection.state != "ended")
    return (await session.exec(query.with_for_update())).one_or_none()


async def _end_checkout(deps: Dependencies, merchant_id: UUID, checkout_id: UUID) -> None:
    """What it pays is locked first, as everywhere."""
    async with deps.db.transaction(merchant_id) as session:
        _parts, accounts = await lock_parts(session, checkout_id, deps.clock)
        query = select(Checkout).where(Checkout.id == checkout_id).with_for_update()
        checkout = (await session.exec(query)).one()
        if checkout.state in LIVE and checkout.state != "ending":
            checkout.state, checkout.ask_at = "ending", datetime.now(UTC)
            for account in accounts:
                account.row.checkout_open = False
            await close_several(accounts)
