"""How money that moves at a provider divides among the receivables that a checkout pays. Pure; amounts are minor units."""

from collections.abc import Sequence
from dataclasses import replace

from kontor_payments.providers.protocol import PaymentReport


def divide(amounts: Sequence[int], total: int) -> list[int]:
    """What each part has of `total`, the first parts first; what is more than all of them goes to the last."""
    shares = []
    for amount in amounts[:-1]:
        shares.append(min(amount, total))
        total -= shares[-1]
    return [*shares, total]


def divide_report(report: PaymentReport, amounts: Sequence[int]) -> list[PaymentReport | None]:
    """The report about a payment, for each part; None where the payment does not reach it. Fee and net divide in proportion."""
    shares = divide(amounts, report.amount_minor)
    fees, nets = (_of_known(shares, total) for total in (report.fee_minor, report.net_minor))
    return [
        replace(report, amount_minor=share, fee_minor=fee, net_minor=net) if share else None
        for share, fee, net in zip(shares, fees, nets, strict=True)
    ]


def _of_known(shares: Sequence[int], total: int | None) -> Sequence[int | None]:
    return [None] * len(shares) if total is None else in_proportion(shares, total)


def in_proportion(shares: Sequence[int], total: int) -> list[int]:
    """What each of the shares has of `total`, rounded so that all add up to it."""
    found: list[int] = []
    whole, reached, given = sum(shares), 0, 0
    for share in shares:
        reached += share
        upto = total * reached // whole
        found.append(upto - given)
        given = upto
    return found


def take_back(refundable: Sequence[int], amount: int) -> list[int]:
    """What each part gives of a refund that names none of them, the last parts first; what no part has left is the first's."""
    shares = []
    for left in reversed(refundable[1:]):
        shares.append(min(left, amount))
        amount -= shares[-1]
    return [amount, *reversed(shares)]
