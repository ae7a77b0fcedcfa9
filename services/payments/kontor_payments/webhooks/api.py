"""Providers' webhooks: verified, kept once by the provider's event id, applied; 2xx only after the commit."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts.reports import apply_report
from kontor_payments.connections.attention import note_refusal
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import ConnectionUnknown, ProviderUnavailable
from kontor_payments.methods.gone import end_gone_method
from kontor_payments.models import Checkout, Connection
from kontor_payments.payouts.service import apply_payout_report
from kontor_payments.providers import protocol
from kontor_payments.providers.paypal.accounts import FOR_ALL_MERCHANTS, account_in, token_in
from kontor_payments.webhooks.models import ProviderEvent
from kontor_service.bodies import takes

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

# Anybody may send one, and providers' are a few KiB.
MOST_BYTES = 256 * 1024


@router.post("/{provider}/{connection_id}", status_code=204)
@takes(MOST_BYTES)
async def receive(request: Request, provider: str, connection_id: UUID) -> Response:
    """Nobody's token: the signature says who speaks. An event that was here before changes nothing."""
    deps = dependencies_of(request)
    body = await request.body()
    for_all = connection_id == FOR_ALL_MERCHANTS
    if for_all:
        connection_id = await _named_in(request, provider, body)
    connection = await _connection(request, provider, connection_id)
    event = await _event(deps, connection, request, body)
    if for_all:
        connection = await _paid_through(request, connection, event)
    merchant_id, connection_id = connection.merchant_id, connection.id
    async with deps.db.transaction(merchant_id) as session:
        checkout_id = await _checkout(session, connection_id, event)
        known = checkout_id is not None or event.payout is not None or event.gone_method != ""
        if await _first_time(session, connection, event, body, known=known):
            if checkout_id:
                assert event.checkout is not None
                await apply_report(session, checkout_id, event.checkout, deps.clock)
            if event.payout:
                await apply_payout_report(session, connection, event.payout, deps.clock)
            if event.gone_method:
                await end_gone_method(session, connection.id, event.gone_method)
    deps.wake.set()
    return Response(status_code=204)


async def _event(deps: Dependencies, connection: Connection, request: Request, body: bytes) -> protocol.ProviderEvent:
    """503 where the provider had to be asked and did not answer: it sends the webhook again."""
    try:
        return await deps.providers.at(connection).read_webhook(request.headers, body)
    except (protocol.OutcomeUnknown, protocol.Refused) as error:
        await note_refusal(deps, connection, error)
        raise ProviderUnavailable(str(error)) from error


async def _named_in(request: Request, provider: str, body: bytes) -> UUID:
    """The connection of the account, or of the saved method, that an event names; its signature is looked at as of any other."""
    async with request.app.state.db.connection() as connection:
        query = "SELECT coalesce(connection_of_account($1, $2), connection_of_saved_method($1, $3))"
        found: UUID | None = await connection.fetchval(query, provider, account_in(body), token_in(body))
    if found is None:
        raise ConnectionUnknown
    return found


async def _connection(request: Request, provider: str, connection_id: UUID) -> Connection:
    async with request.app.state.db.connection() as connection:
        found: UUID | None = await connection.fetchval("SELECT connection_merchant($1, $2)", provider, connection_id)
    if found is None:
        raise ConnectionUnknown
    return await dependencies_of(request).providers.by_id(found, connection_id)


async def _paid_through(request: Request, named: Connection, event: protocol.ProviderEvent) -> Connection:
    """The connection of the checkout that the event is about; of an account that was connected anew it is an earlier one."""
    reference = _reference(event)
    if reference is None:
        return named
    async with request.app.state.db.connection() as connection:
        query = "SELECT connection_of_checkout($1, $2, $3)"
        found: UUID | None = await connection.fetchval(query, named.provider, named.account, reference)
    return await _connection(request, named.provider, found) if found else named


async def _checkout(session: AsyncSession, connection_id: UUID, event: protocol.ProviderEvent) -> UUID | None:
    """By our own reference: the webhook may be here before the answer that tells us the provider's id."""
    reference = _reference(event)
    query = select(Checkout.id).where(Checkout.id == reference, Checkout.connection_id == connection_id)
    return (await session.exec(query)).one_or_none()


def _reference(event: protocol.ProviderEvent) -> UUID | None:
    """None for what is not ours."""
    try:
        return UUID(event.checkout.reference) if event.checkout else None
    except ValueError:
        return None


async def _first_time(
    session: AsyncSession, connection: Connection, event: protocol.ProviderEvent, body: bytes, *, known: bool
) -> bool:
    row = {
        "merchant_id": connection.merchant_id,
        "connection_id": connection.id,
        "event_id": event.id,
        "type": event.type,
        "outcome": "applied" if known else "unknown_checkout",
        "body": _as_json(body) if known else {},
        "received_at": datetime.now(UTC),
    }
    table = ProviderEvent.__table__
    statement = insert(table).values(row).on_conflict_do_nothing().returning(table.c.event_id)
    return (await (await session.connection()).execute(statement)).first() is not None


def _as_json(body: bytes) -> Any:
    """Acquirers with payment links call back with a form."""
    try:
        return json.loads(body)
    except ValueError:
        return dict(parse_qsl(body.decode(errors="replace")))
