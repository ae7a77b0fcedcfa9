"""Which ways to pay a merchant offers for a receivable, as things stand now."""

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from stdnum import iban as iban_number

from kontor_payments.models import Merchant, PaymentSettings, Receivable

# In the order in which they are offered. A direct debit is drawn in euros only.
SANDBOX_METHODS = ("card", "sepa_debit", "paypal")
_EURO_ONLY = frozenset({"sepa_debit"})
_DEFAULT_ZONE = "Europe/Berlin"
_CACHED = "kontor_payments.offer"


@dataclass(frozen=True)
class Offer:
    """A merchant's ways to pay, and what else of the merchant a receivable needs."""

    time_zone: str = _DEFAULT_ZONE
    pairs: tuple[tuple[str, str], ...] = ()
    # Whether the merchant has an account that a transfer can go to.
    account: bool = False
    not_payable_types: frozenset[str] = field(default_factory=frozenset)
    # Whether credit notes are offset against the invoices that they name.
    offsets: bool = True

    @property
    def digest(self) -> str:
        """A hash of everything in the offer that affects receivables."""
        offered = repr((self.pairs, self.account, sorted(self.not_payable_types), self.offsets))
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
            if (row.currency == "EUR" or code not in _EURO_ONLY) and self._pays_the_right_one(row, code)
        ]

    def _pays_the_right_one(self, row: Receivable, code: str) -> bool:
        if code == "transfer":
            return bool(row.iban) or (self.account and not row.payee_name)
        return not row.payee_name

    def provider_of(self, row: Receivable, method: str) -> str | None:
        return next((m["provider"] for m in self.methods(row) if m["code"] == method), None)


def offer_of(merchant: Merchant | None, settings: PaymentSettings) -> Offer:
    """Pure. Nothing is offered before the merchant has enabled payments."""
    if merchant is None:
        return Offer()
    pairs: list[tuple[str, str]] = []
    if merchant.payments_enabled and settings.sandbox:
        pairs += [(method, "sandbox") for method in SANDBOX_METHODS]
    if merchant.payments_enabled and settings.transfer:
        pairs.append(("transfer", "transfer"))
    chosen = tuple(p for p in pairs if f"{p[1]}:{p[0]}" not in settings.methods_off)
    account = iban_number.is_valid(merchant.iban)
    return Offer(
        merchant.time_zone or _DEFAULT_ZONE,
        chosen,
        account,
        frozenset(merchant.not_payable_types),
        settings.offset_credit_notes,
    )


async def load_offer(session: AsyncSession, merchant_id: UUID) -> Offer:
    """Read once per transaction."""
    known: dict[UUID, Offer] = session.info.setdefault(_CACHED, {})
    if merchant_id not in known:
        merchant = (await session.exec(select(Merchant).where(Merchant.id == merchant_id))).one_or_none()
        known[merchant_id] = offer_of(merchant, await load_settings(session, merchant_id))
    return known[merchant_id]


async def load_settings(session: AsyncSession, merchant_id: UUID) -> PaymentSettings:
    """What the merchant has chosen, or what holds until then."""
    query = select(PaymentSettings).where(PaymentSettings.merchant_id == merchant_id)
    found = (await session.exec(query)).one_or_none()
    return found or PaymentSettings(merchant_id=merchant_id)
