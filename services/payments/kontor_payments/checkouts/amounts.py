"""What a checkout asks for: all that is to be paid, or the part that the payer chose, within the merchant's and the provider's bounds."""

from collections.abc import Sequence

from kontor.payments.v1.payments_pb2_codes import PaymentProvider
from kontor_payments.errors import AmountInvalid, BelowMinimum
from kontor_payments.providers.registry import KINDS
from kontor_payments.receivables.account import Account
from kontor_service.i18n import N_
from kontor_service.money import from_minor
from kontor_service.vocabulary import word


def amounts_of(accounts: Sequence[Account], chosen_minor: int | None, provider: str) -> list[int]:
    """For each account, in minor units. A cash discount that runs today is used. Raises AmountInvalid, BelowMinimum."""
    payable = [account.payable() for account in accounts]
    if chosen_minor is not None and chosen_minor != sum(payable):
        payable = [_part(accounts, payable[0], chosen_minor)]
    currency = accounts[0].row.currency
    least = KINDS[provider].least(currency)
    if sum(payable) < least:
        raise BelowMinimum(
            provider=word(PaymentProvider, provider), minimum=_shown(least, currency),
            field="method" if chosen_minor is None else "amount_minor",
        )  # fmt: skip
    return payable


def _part(accounts: Sequence[Account], payable_minor: int, chosen_minor: int) -> int:
    account, currency = accounts[0], accounts[0].row.currency
    if len(accounts) > 1:
        raise AmountInvalid(N_("A part can be paid of one document at a time."), field="amount_minor")
    least = account.offer.partial_minimum_minor
    if not least:
        raise AmountInvalid(
            N_("Only the whole amount can be paid: %(amount)s."), field="amount_minor",
            amount=_shown(payable_minor, currency),
        )  # fmt: skip
    if chosen_minor > payable_minor:
        raise AmountInvalid(
            N_("That is more than is to be paid: at most %(most)s."), field="amount_minor",
            most=_shown(payable_minor, currency),
        )  # fmt: skip
    if chosen_minor < least:
        raise AmountInvalid(
            N_("A part has to be at least %(least)s."), field="amount_minor", least=_shown(least, currency)
        )
    return chosen_minor


def _shown(minor: int, currency: str) -> str:
    return f"{from_minor(minor, currency):f} {currency}"
