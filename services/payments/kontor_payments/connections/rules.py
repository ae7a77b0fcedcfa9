"""Which account may be connected when: test mode first, then live, and never another account unnoticed. Pure."""

from kontor_payments.errors import KeyRefused
from kontor_payments.models import Connection
from kontor_payments.providers.protocol import ConnectedAccount
from kontor_payments.providers.registry import KINDS
from kontor_service.i18n import N_


def check_account(
    active: Connection | None, account: ConnectedAccount, provider: str, *, trial_passed: bool, field: str | None
) -> None:
    """Raises KeyRefused (key_of_test_mode, key_of_another_account, trial_first)."""
    if active is not None and active.mode == "live":
        if account.mode == "test":
            raise KeyRefused(
                N_("This is a key of the test mode. Your customers pay real money; please enter a live key."),
                code="key_of_test_mode",
                field=field,
            )
        if account.id != active.account:
            raise KeyRefused(
                N_("This key belongs to another account (%(other)s). Please disconnect %(account)s first."),
                code="key_of_another_account",
                field=field,
                other=account.display_name or account.id,
                account=active.display_name or active.account,
            )
    elif account.mode == "live" and KINDS[provider].has_test_mode and not trial_passed:
        raise KeyRefused(
            N_("This is a live key. Please connect the test mode first and make a test payment."),
            code="trial_first",
            field=field,
        )
