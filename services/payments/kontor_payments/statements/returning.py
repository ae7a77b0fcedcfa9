"""A payment that the payer's bank took back: which one it is, and what becomes of it."""

from uuid import UUID

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentState
from kontor_payments.bookings.external import reconsider
from kontor_payments.errors import SharesInvalid
from kontor_payments.models import Payment
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account
from kontor_payments.statements.models import StatementEntry
from kontor_service.i18n import N_

# ISO 20022 reason codes whose meaning has a word of ours.
_REASONS = {"AM04": FailureCode.INSUFFICIENT_FUNDS}


def payment_to_take_back(account: Account, entry: StatementEntry, payment_id: str) -> Payment:
    """The proposed one, else the latest of this amount. What a provider charged is returned by the provider, who tells of it.

    Raises SharesInvalid.
    """
    found = [
        payment for payment in account.payments.values()
        if payment.connection_id is None and payment.state == PaymentState.SUCCEEDED
    ]  # fmt: skip
    named = next((one for one in found if payment_id and one.id == UUID(payment_id)), None)
    amounts = (-entry.original_minor, -entry.amount_minor)
    alike = [one for one in found if one.amount_minor in amounts]
    if named is None and not alike:
        raise SharesInvalid(
            N_("There is no payment of this amount on %(number)s that could have been returned."), field="shares",
            number=account.row.document_number,
        )  # fmt: skip
    return named or max(alike, key=lambda one: (one.created_at, one.id))


def take_back(account: Account, payment: Payment, return_code: str) -> None:
    account.post(payment, ledger.returned(account.position(payment), _number(account, payment)))
    payment.state = PaymentState.REVERSED
    payment.failure = account.row.last_failure = _REASONS.get(return_code, FailureCode.RETURNED_BY_BANK)
    reconsider(account)
    account.announce("failed", payment)


def give_back(account: Account, payment: Payment) -> None:
    """The return was assigned to the wrong payment: that one counts again."""
    if payment.state != PaymentState.REVERSED:
        return
    payment.state, payment.failure, account.row.last_failure = PaymentState.SUCCEEDED, "", ""
    account.post(payment, ledger.released(_taken_back(account, payment), _number(account, payment)))
    reconsider(account)


def _taken_back(account: Account, payment: Payment) -> int:
    """What its last return took: less than the payment where a part had been given back before."""
    taken = [one for one in account.bookings if one.payment_id == payment.id and ledger.is_return(one.cause)]
    return -taken[-1].amount_minor if taken else 0


def _number(account: Account, payment: Payment) -> int:
    """Tells what is done again apart."""
    return sum(posted.payment_id == payment.id for posted in account.bookings)
