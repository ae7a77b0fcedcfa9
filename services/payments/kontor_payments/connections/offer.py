"""Which ways to pay a merchant offers for a receivable, as things stand now."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar
from stdnum import iban as iban_number

from kontor_payments.models import Connection, Merchant, PaymentSettings, Receivable
from kontor_payments.providers.registry import KINDS

# In which customers see them.
_ORDER = ("card", "apple_pay", "google_pay", "sepa_debit", "paypal", "klarna", "wero", "transfer")
_DEFAULT_ZONE = "Europe/Berlin"
_CACHED = "kontor_payments.offer"


@dataclass(frozen=True)
class Offer:
    """A merchant's ways to pay, and what else of the merchant a receivable needs."""

    time_zone: str = _DEFAULT_ZONE
    merchant_name: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    # Whether the merchant has an account that a transfer can go to.
    account: bool = False
    not_payable_types: frozenset[str] = field(default_factory=frozenset)
    # Whether credit notes are offset against the invoices that they name.
    offsets: bool = True
    # The smallest part of a receivable that a customer may pay, in minor units; 0 where they pay all of it.
    partial_minimum_minor: int = 0

    @property
    def digest(self) -> str:
        """A hash of everything in the offer that affects receivables."""
        offered = repr(
            (self.pairs, self.account, sorted(self.not_payable_types), self.offsets, self.partial_minimum_minor)
        )
        return hashlib.sha256(offered.encode()).hexdigest()[:16]

    def methods(self, row: Receivable) -> list[dict[str, str]]:
        """As the contract shows them: [{"code", "provider"}]. An invoice that will be debited offers nothing.

        One that is to be paid to somebody else is not paid through the merchant's providers or into their account.
        """
        if row.document_type in self.not_payable_types or row.payment_means == "direct_debit":
            return []
        return [
            {"code": code, "provider": provider}
            for code, provider in self.pairs
            if KINDS[provider].accepts(row.currency, code) and self._pays_the_right_one(row, code)
        ]

    def _pays_the_right_one(self, row: Receivable, code: str) -> bool:
        if code == "transfer":
            return bool(row.iban) or (self.account and not row.payee_name)
        return not row.payee_name

    def provider_of(self, row: Receivable, method: str) -> str | None:
        return next((m["provider"] for m in self.methods(row) if m["code"] == method), None)


def offer_of(merchant: Merchant | None, settings: PaymentSettings, live: Collection[str] = ()) -> Offer:
    """Pure. `live` are the providers whose connection the merchant has switched on for customers.

    Nothing is offered before the merchant has enabled payments.
    """
    if merchant is None:
        return Offer()
    chosen = _chosen(settings, live) if merchant.payments_enabled else ()
    account = iban_number.is_valid(merchant.iban)
    return Offer(
        merchant.time_zone or _DEFAULT_ZONE,
        merchant.name,
        chosen,
        account,
        frozenset(merchant.not_payable_types),
        settings.offset_credit_notes,
        settings.partial_minimum_minor if settings.partial_payments else 0,
    )


def _chosen(settings: PaymentSettings, live: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Each method once, with the first provider that offers it."""
    found: dict[str, str] = {}
    for kind in KINDS.values():
        if kind.name in settings.providers_on and (kind.name in live or not kind.needs_connection):
            for method in kind.methods:
                if f"{kind.name}:{method}" not in settings.methods_off:
                    found.setdefault(method, kind.name)
    return tuple(sorted(found.items(), key=lambda pair: _ORDER.index(pair[0])))


async def load_offer(session: AsyncSession, merchant_id: UUID) -> Offer:
    """Read once per transaction."""
    known: dict[UUID, Offer] = session.info.setdefault(_CACHED, {})
    if merchant_id not in known:
        live = _live_providers(merchant_id).with_only_columns(func.array_agg(Connection.provider)).scalar_subquery()
        query = select(Merchant, PaymentSettings, live).where(Merchant.id == merchant_id)
        query = query.outerjoin(PaymentSettings, col(PaymentSettings.merchant_id) == Merchant.id)
        found = (await session.exec(query)).one_or_none() or (None, None, None)
        known[merchant_id] = offer_of(found[0], found[1] or PaymentSettings(merchant_id=merchant_id), found[2] or ())
    return known[merchant_id]


async def live_providers(session: AsyncSession, merchant_id: UUID) -> frozenset[str]:
    """The providers that customers may pay through."""
    return frozenset(await session.exec(_live_providers(merchant_id)))


def _live_providers(merchant_id: UUID) -> SelectOfScalar[str]:
    return select(Connection.provider).where(
        Connection.merchant_id == merchant_id, Connection.state == "live", Connection.problem == ""
    )


async def load_settings(session: AsyncSession, merchant_id: UUID) -> PaymentSettings:
    """What the merchant has chosen, or what holds until then."""
    query = select(PaymentSettings).where(PaymentSettings.merchant_id == merchant_id)
    found = (await session.exec(query)).one_or_none()
    return found or PaymentSettings(merchant_id=merchant_id)
