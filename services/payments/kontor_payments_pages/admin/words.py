"""What templates of staff's pages may call about payments."""

from functools import partial
from typing import Any

from kontor.payments.v1.payments_pb2_codes import (
    ConnectionProblem,
    ConnectionState,
    FailureCode,
    IncomingPaymentError,
    PaymentMethod,
    PaymentProvider,
    PaymentState,
    ReceivableState,
)
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import long, state, word

# Which no longer exist, with a sentence on what replaces them.
_RETIRED = (PaymentMethod.GIROPAY, PaymentMethod.SOFORT)
_TRIAL = {
    "creating": N_("not known yet"),
    "open": N_("not paid yet"),
    "pending": N_("on its way"),
    "succeeded": N_("received"),
    "failed": N_("failed"),
    "ended": N_("not paid in time"),
}


def _method_choices(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, word(PaymentMethod, code)) for code in codes]


def _retired_method_notes() -> list[str]:
    return [long(PaymentMethod, code) for code in _RETIRED]


GLOBALS: dict[str, Any] = {
    "receivable_state": partial(state, ReceivableState),
    "payment_state": partial(state, PaymentState),
    "provider_name": partial(word, PaymentProvider),
    "method_name": partial(word, PaymentMethod),
    "refusal_words": partial(word, IncomingPaymentError),
    "failure_words": partial(word, FailureCode),
    "connection_state": partial(state, ConnectionState),
    "connection_trouble": partial(long, ConnectionProblem),
    "trial_words": lambda code: _(_TRIAL[code]),
    "method_choices": _method_choices,
    "retired_method_notes": _retired_method_notes,
}
