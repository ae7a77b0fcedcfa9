"""Connecting by signing in at the provider: the merchant allows access there and comes back with a code.

What comes back is believed only with a state that we gave to this session minutes ago, and only once: nobody can lead staff
to an address that connects somebody else's account (RFC 6749, 10.12).
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.connections.accounts import store_account
from kontor_payments.connections.models import SignIn
from kontor_payments.connections.refusals import problem
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionUnknown, OAuthStateInvalid
from kontor_payments.models import Connection
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_service.tokens import Principal

_MINUTES = 10


async def begin_sign_in(deps: Dependencies, principal: Principal, provider: str, redirect_url: str) -> str:
    """The provider's address where the merchant allows us access. `redirect_url` is ours, where it comes back to.

    Raises ConnectionUnknown where this installation has no such way, ProviderUnavailable.
    """
    connector = deps.providers.connector(provider)
    if connector.sign_in_mode is None or principal.session_id is None:
        raise ConnectionUnknown
    state, now = secrets.token_urlsafe(32), datetime.now(UTC)
    async with deps.db.transaction(principal.merchant) as session:
        await session.exec(delete(SignIn).where(col(SignIn.expires_at) < now))
        session.add(
            SignIn(
                state_hash=_hash(state),
                merchant_id=principal.merchant,
                provider=provider,
                session_id=principal.session_id,
                expires_at=now + timedelta(minutes=_MINUTES),
            )
        )
    try:
        return await connector.authorize_url(state, redirect_url)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider) from error


async def finish_sign_in(deps: Dependencies, principal: Principal, provider: str, state: str, code: str) -> Connection:
    """Raises OAuthStateInvalid; otherwise as connect_with_key."""
    async with deps.db.transaction(principal.merchant) as session:
        if not await _used(session, principal, provider, state):
            raise OAuthStateInvalid
    try:
        account = await deps.providers.connector(provider).by_code(code, state)
    except (OutcomeUnknown, Refused) as error:
        raise problem(error, provider) from error
    return await store_account(deps, principal.merchant, provider, account)


async def _used(session: AsyncSession, principal: Principal, provider: str, state: str) -> bool:
    """Whether it was given to this session and is used now for the first time, in time."""
    mine = delete(SignIn).where(
        col(SignIn.state_hash) == _hash(state),
        col(SignIn.provider) == provider,
        col(SignIn.session_id) == principal.session_id,
        col(SignIn.expires_at) >= datetime.now(UTC),
    )
    return (await session.exec(mine)).rowcount == 1


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
