"""A merchant's accounts at providers: opened when first needed, kept for good."""

from datetime import UTC, datetime
from uuid import UUID

import httpx
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from kontor_payments.connections.credentials import seal, unseal
from kontor_payments.errors import ConnectionUnknown, ProviderUnavailable
from kontor_payments.models import Connection, Merchant
from kontor_payments.providers.protocol import HostedProvider, OutcomeUnknown, Refused
from kontor_payments.providers.sandbox.adapter import SandboxProvider, open_account
from kontor_payments.settings import Settings
from kontor_service.database import Database
from kontor_service.ids import uuid7


class Providers:
    """The providers this installation can talk to, and merchants' accounts there."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings = settings
        self._db = db
        self._sandbox = (
            httpx.AsyncClient(base_url=settings.sandbox_url, timeout=settings.provider_timeout)
            if settings.sandbox_url
            else None
        )

    async def close(self) -> None:
        if self._sandbox is not None:
            await self._sandbox.aclose()

    def at(self, connection: Connection) -> HostedProvider:
        """The provider as this merchant's account sees it."""
        if connection.provider == "sandbox" and self._sandbox is not None:
            return SandboxProvider(self._sandbox, unseal(self._settings.credential_key, connection.credentials))
        raise ConnectionUnknown(connection.provider)

    async def connection(self, merchant_id: UUID, provider: str) -> Connection:
        """The merchant's connection; opens the account on first use. Raises ProviderUnavailable."""
        connection = await self._known(merchant_id, provider)
        return connection if self._is_connected(connection) else await self._connect(connection)

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

    async def _known(self, merchant_id: UUID, provider: str) -> Connection:
        """Its id is written before the provider hears of it, so that a second attempt names the same account."""
        table = Connection.__table__
        row = {"id": uuid7(), "merchant_id": merchant_id, "provider": provider, "account": ""}
        row |= {"credentials": "", "webhook_url": ""}
        async with self._db.transaction(merchant_id) as session:
            await (await session.connection()).execute(insert(table).values(row).on_conflict_do_nothing())
            return (await session.exec(select(Connection).where(Connection.provider == provider))).one()

    async def _connect(self, connection: Connection) -> Connection:
        if connection.provider != "sandbox" or self._sandbox is None:
            raise ConnectionUnknown(connection.provider)
        async with self._db.transaction(connection.merchant_id) as session:
            # Under lock: two first checkouts at once would take each other's keys away.
            query = select(Connection).where(Connection.id == connection.id).with_for_update()
            locked = (await session.exec(query.execution_options(populate_existing=True))).one()
            if self._is_connected(locked):
                return locked
            address = self._settings.webhook_address("sandbox", locked.id)
            merchant = (await session.exec(select(Merchant))).first()
            try:
                account = await open_account(
                    self._sandbox,
                    self._settings.sandbox_platform_key.get_secret_value(),
                    str(locked.id),
                    merchant.name if merchant else "",
                    address,
                )
            except (OutcomeUnknown, Refused) as error:
                raise ProviderUnavailable(str(error)) from error
            locked.account = account["id"]
            locked.credentials = seal(
                self._settings.credential_key,
                {"api_key": account["api_key"], "webhook_secret": account["webhook_secret"]},
            )
            locked.webhook_url = address
            locked.connected_at = datetime.now(UTC)
            return locked
