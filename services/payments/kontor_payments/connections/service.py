"""A merchant's accounts at providers: opened when first needed, kept for good."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

import httpx
import stripe
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.connections.credentials import CredentialKeys
from kontor_payments.errors import ConnectionUnknown, ProviderUnavailable
from kontor_payments.models import Connection, Merchant
from kontor_payments.providers.paylink.adapter import PaylinkConnector, PaylinkProvider
from kontor_payments.providers.paypal.access import App, PayPalAccess
from kontor_payments.providers.paypal.accounts import PayPalConnector
from kontor_payments.providers.paypal.adapter import PayPalProvider
from kontor_payments.providers.protocol import Connector, HostedProvider, OutcomeUnknown, Refused, SavesMethods
from kontor_payments.providers.registry import KINDS
from kontor_payments.providers.sandbox import SandboxProvider, open_account
from kontor_payments.providers.stripe.access import StripeAccess
from kontor_payments.providers.stripe.accounts import StripeConnector
from kontor_payments.providers.stripe.adapter import StripeProvider
from kontor_payments.settings import Settings
from kontor_service.database import Database


class Providers:
    """The providers this installation can talk to, and merchants' accounts there."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings = settings
        self._keys = settings.credential_keys
        self._db = db
        self._sandbox = httpx.AsyncClient(base_url=settings.sandbox_url, timeout=settings.provider_timeout)
        self._adapters: dict[str, Callable[[Mapping[str, str]], HostedProvider]] = {}
        self._connectors: dict[str, Connector] = {}
        if settings.sandbox_url:
            self._adapters["sandbox"] = partial(SandboxProvider, self._sandbox)
        self._http = httpx.AsyncClient(timeout=settings.provider_timeout)
        self._stripe = _stripe_access(settings)
        if settings.stripe_url:
            self._adapters["stripe"] = partial(StripeProvider, self._stripe)
            self._connectors["stripe"] = StripeConnector(self._stripe, self._http)
        self._adapters["paylink"] = PaylinkProvider
        self._connectors["paylink"] = PaylinkConnector()
        if settings.paypal_url:
            paypal = _paypal_access(settings, self._http)
            self._adapters["paypal"] = partial(PayPalProvider, paypal)
            self._connectors["paypal"] = PayPalConnector(paypal)

    @property
    def keys(self) -> CredentialKeys:
        """What encrypts credentials and the state that goes to a provider and comes back."""
        return self._keys

    def webhook_address(self, provider: str, connection_id: UUID) -> str:
        return self._settings.webhook_address(provider, connection_id)

    @property
    def available(self) -> frozenset[str]:
        """The providers that merchants of this installation can use."""
        return frozenset({"transfer", *self._adapters})

    @property
    def connectable(self) -> frozenset[str]:
        """Those of them where a merchant connects an account."""
        return frozenset(self._connectors)

    async def close(self) -> None:
        await self._sandbox.aclose()
        await self._http.aclose()
        await self._stripe.http.close_async()  # type: ignore[no-untyped-call]

    def connector(self, provider: str) -> Connector:
        """Raises ConnectionUnknown for a provider at which merchants connect no account."""
        if provider not in self._connectors:
            raise ConnectionUnknown
        return self._connectors[provider]

    async def reseal(self) -> None:
        """Encrypts with the present key what an earlier one has encrypted."""
        for merchant_id in await self._db.merchants("merchants_with_connections"):
            async with self._db.transaction(merchant_id) as session:
                for connection in await session.exec(select(Connection).with_for_update()):
                    if self._keys.is_outdated(connection.credentials):
                        connection.credentials = self._keys.seal(self._keys.unseal(connection.credentials))

    def at(self, connection: Connection) -> HostedProvider:
        """The provider as this merchant's account sees it."""
        adapter = self._adapters.get(connection.provider)
        if adapter is None or not connection.credentials:
            raise ConnectionUnknown
        return adapter(self._keys.unseal(connection.credentials))

    def keeper(self, connection: Connection) -> SavesMethods:
        """The same for methods that it saves. Raises ConnectionUnknown for a provider that saves none."""
        if not KINDS[connection.provider].saves:
            raise ConnectionUnknown
        return cast(SavesMethods, self.at(connection))

    async def connected(self, session: AsyncSession, provider: str) -> Connection | None:
        """The merchant's connection, if the provider has an account for it that knows our present address."""
        found = await active_connection(session, provider)
        return found if found is not None and self._is_connected(found) else None

    async def connect(self, merchant_id: UUID, provider: str) -> Connection:
        """The merchant's connection; opens the account on first use. Raises ProviderUnavailable.

        Nothing is locked while the provider is asked. Two first checkouts at once both ask, name the same account
        under the same idempotency key, are given the same keys, and write the same row.
        """
        async with self._db.transaction(merchant_id) as session:
            found = await self._known(session, merchant_id, provider)
            merchant = (await session.exec(select(Merchant))).first()
        if self._is_connected(found):
            return found
        keys = await self._keys_of(found, merchant.name if merchant else "")
        async with self._db.transaction(merchant_id) as session:
            session.add(found)
            found.credentials = self._keys.seal(keys)
            found.webhook_url = self._settings.webhook_address(provider, found.id)
            found.connected_at = datetime.now(UTC)
        return found

    async def by_id(self, merchant_id: UUID, connection_id: UUID) -> Connection:
        async with self._db.transaction(merchant_id) as session:
            query = select(Connection).where(Connection.id == connection_id)
            found = (await session.exec(query)).one_or_none()
        if found is None or not found.connected_at:
            raise ConnectionUnknown
        return found

    def _is_connected(self, connection: Connection) -> bool:
        """Not when our public address has moved since: the provider must hear of it."""
        here = self._settings.webhook_address(connection.provider, connection.id)
        return connection.connected_at is not None and connection.webhook_url == here

    async def _known(self, session: AsyncSession, merchant_id: UUID, provider: str) -> Connection:
        """Its id is written before the provider hears of it, so that a second attempt names the same account."""
        if provider in self._connectors:
            found = await active_connection(session, provider)
            if found is None:
                raise ConnectionUnknown
            return found
        row = Connection(merchant_id=merchant_id, provider=provider, state="live").model_dump()
        new = insert(Connection.__table__).values(row).on_conflict_do_nothing()
        await (await session.connection()).execute(new)
        found = await active_connection(session, provider)
        assert found is not None
        return found

    async def _keys_of(self, connection: Connection, name: str) -> dict[str, str]:
        """Of an account that is opened now, or whose webhook has to move to our present address."""
        if connection.provider in self._connectors:
            keys, address = (
                self._keys.unseal(connection.credentials),
                self._settings.webhook_address(connection.provider, connection.id),
            )
            try:
                return await self._connectors[connection.provider].register_webhook(keys, address)
            except (OutcomeUnknown, Refused) as error:
                raise ProviderUnavailable(str(error)) from error
        account = await self._open_account(connection, name)
        connection.account = account["id"]
        return {name: account[name] for name in ("api_key", "webhook_secret")}

    async def _open_account(self, connection: Connection, name: str) -> Any:
        if connection.provider != "sandbox" or "sandbox" not in self._adapters:
            raise ConnectionUnknown
        address = self._settings.webhook_address("sandbox", connection.id)
        key = self._settings.sandbox_platform_key.get_secret_value()
        try:
            return await open_account(self._sandbox, key, str(connection.id), name, address)
        except (OutcomeUnknown, Refused) as error:
            raise ProviderUnavailable(str(error)) from error


async def active_connection(session: AsyncSession, provider: str, *, lock: bool = False) -> Connection | None:
    """The merchant's connection that is not ended; there is at most one at each provider."""
    query = select(Connection).where(Connection.provider == provider, Connection.state != "ended")
    return (await session.exec(query.with_for_update() if lock else query)).one_or_none()


def _stripe_access(settings: Settings) -> StripeAccess:
    return StripeAccess(
        http=stripe.HTTPXClient(timeout=settings.provider_timeout),
        api_url=settings.stripe_url,
        connect_url=settings.stripe_connect_url,
        platform_key=settings.stripe_platform_key.get_secret_value(),
        client_id=settings.stripe_client_id,
        application_fee_percent=settings.stripe_application_fee_percent,
    )


def _paypal_access(settings: Settings, http: httpx.AsyncClient) -> PayPalAccess:
    secret = settings.paypal_client_secret.get_secret_value()
    return PayPalAccess(
        http=http,
        live_url=settings.paypal_url,
        test_url=settings.paypal_sandbox_url,
        partner=App(settings.paypal_client_id, secret) if settings.paypal_client_id else None,
        partner_id=settings.paypal_partner_id,
        partner_mode=settings.paypal_partner_mode,
        attribution_id=settings.paypal_attribution_id,
    )
