"""Switching a connected account on for customers (D13): only with live keys, and after a test payment."""

from kontor_payments.connections.accounts import changed, lock_active
from kontor_payments.connections.offer import load_settings
from kontor_payments.connections.trial import has_passed
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionInTrouble, ConnectionUnknown, LiveKeyNeeded, TrialNotPassed
from kontor_payments.models import Connection
from kontor_payments.providers.registry import KINDS
from kontor_service.tokens import Principal


async def switch_on(deps: Dependencies, principal: Principal, provider: str) -> Connection:
    """Its payment methods are offered from now on. Again changes nothing.

    Raises ConnectionUnknown, LiveKeyNeeded, TrialNotPassed, ConnectionInTrouble.
    """
    async with deps.db.transaction(principal.merchant) as session:
        connection = await lock_active(session, provider)
        if connection is None:
            raise ConnectionUnknown
        if connection.mode != "live":
            raise LiveKeyNeeded
        if KINDS[provider].has_test_mode and not await has_passed(session, provider):
            raise TrialNotPassed
        if connection.problem:
            raise ConnectionInTrouble
        settings = await load_settings(session, principal.merchant)
        settings.providers_on = sorted({*settings.providers_on, provider})
        session.add(settings)
        if connection.state != "live":
            connection.state = "live"
            changed(session, connection)
    deps.wake.set()
    return connection
