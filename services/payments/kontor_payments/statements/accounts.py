"""Which accounts are the merchant's."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from stdnum import iban as iban_number

from kontor_payments.errors import StatementOfAnotherAccount
from kontor_payments.models import Document, Merchant
from kontor_payments.statements.models import StatementEntry
from kontor_service.i18n import N_

_GERMAN = re.compile(r"(?P<bank>\d{8})[/ ]?(?P<account>\d{1,10})(?:[A-Z]{3})?")


async def accounts_of(session: AsyncSession, merchant_id: UUID) -> set[str]:
    """The IBANs in the merchant's settings, and those that their documents ask to pay to."""
    row = (await session.exec(select(Merchant).where(Merchant.id == merchant_id))).one_or_none()
    own = (row.iban, *row.further_ibans) if row else ()
    named = await session.exec(select(Document.iban).where(Document.iban != "", Document.payee_name == "").distinct())
    return {iban_number.compact(iban) for iban in (*own, *named) if iban_number.is_valid(iban)}


def own_account(stated: str, accounts: Iterable[str]) -> str:
    """The IBAN of the merchant's account that a statement names by IBAN or, as MT940 does, by bank code and number.

    Raises StatementOfAnotherAccount.
    """
    plain = re.sub(r"\s", "", stated).upper()
    for iban in accounts:
        if plain.removesuffix("EUR") == iban or _is_german(plain, iban):
            return iban
    raise StatementOfAnotherAccount(
        N_(
            "This is a statement of the account %(account)s, which is neither in your settings nor on your documents. If it is"
            " yours, please enter it under Settings, Company."
        ),
        field="file", account=stated or "?",
    )  # fmt: skip


def _is_german(plain: str, iban: str) -> bool:
    """DE, two check digits, eight of the bank code, ten of the account number."""
    found = _GERMAN.fullmatch(plain)
    if found is None or not iban.startswith("DE"):
        return False
    return (found["bank"], int(found["account"])) == (iban[4:12], int(iban[12:]))


async def known_payers(session: AsyncSession) -> dict[str, frozenset[UUID]]:
    """Which customers' documents were paid from which accounts, as far as staff have confirmed it and have not taken it back."""
    query = select(StatementEntry.iban, StatementEntry.customer_id).where(
        StatementEntry.state == "booked", StatementEntry.iban != "", col(StatementEntry.customer_id).is_not(None)
    )
    found: dict[str, set[UUID]] = {}
    for iban, customer_id in await session.exec(query.distinct()):
        if customer_id:
            found.setdefault(iban, set()).add(customer_id)
    return {iban: frozenset(customers) for iban, customers in found.items()}
