"""How the merchant's bookkeeping is set up at DATEV: where payouts are posted."""

from typing import Annotated, Any, Self

from pydantic import BaseModel
from pydantic import Field as InputField

from kontor_payments.payouts.models import DatevSettings
from kontor_payments.payouts.postings import DEFAULTS, Accounts, Chart
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_service.validation import Line

_GENERAL = ("clearing", "fees", "transit", "other")


Digits = Annotated[Line, InputField(pattern=r"^[0-9]*$", max_length=9)]


class DatevInput(BaseModel):
    """The numbers that the tax adviser gives. An empty account is that of the chart."""

    consultant: int = InputField(ge=1001, le=9_999_999)
    client: int = InputField(ge=1, le=99_999)
    chart: Chart = "SKR03"
    account_length: int = InputField(default=4, ge=4, le=8)
    fiscal_month: int = InputField(default=1, ge=1, le=12)
    clearing: Digits = ""
    debtor: Digits = ""
    fees: Digits = ""
    transit: Digits = ""
    other: Digits = ""
    # BU-Schlüssel; empty: none. Absent: that of the chart.
    fee_tax_key: Annotated[Line, InputField(pattern=r"^[0-9]{0,4}$")] | None = None

    def check(self) -> Self:
        """Raises Invalid for an account that has too many or too few digits."""
        for name in (*_GENERAL, "debtor"):
            account = getattr(self, name)
            fitting = (self.account_length,) if name in _GENERAL else (self.account_length, self.account_length + 1)
            if account and len(account) not in fitting:
                raise Invalid(
                    N_("An account has %(digits)s digits here."), field=name, digits=" / ".join(map(str, fitting))
                )
        return self


def accounts_of(settings: DatevSettings | DatevInput) -> Accounts:
    """Those of the chart where the merchant has set none, with as many digits as the merchant's accounts have."""
    length, usual = settings.account_length, DEFAULTS[settings.chart]
    found = {name: getattr(settings, name) or getattr(usual, name).ljust(length, "0") for name in _GENERAL}
    debtor = settings.debtor or usual.debtor.ljust(length + 1, "0")
    key = usual.fee_tax_key if settings.fee_tax_key is None else settings.fee_tax_key
    return Accounts(debtor=debtor, fee_tax_key=key, **found)


def shown(settings: DatevSettings | None) -> dict[str, Any]:
    """`usual` is what holds where an account is empty, by chart."""
    values = settings.model_dump(exclude={"merchant_id"}) if settings else {}
    usual = {chart: vars(accounts) for chart, accounts in DEFAULTS.items()}
    return {"set_up": settings is not None, "settings": values, "usual": usual}
