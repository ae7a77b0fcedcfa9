"""What templates of staff's pages may call about payments."""

from functools import partial
from typing import Any

from kontor.payments.v1.payments_pb2_codes import (
    FailureCode,
    IncomingPaymentError,
    PaymentMethod,
    PaymentProvider,
    PaymentState,
    ReceivableState,
)
from kontor_service.vocabulary import state, word

GLOBALS: dict[str, Any] = {
    "receivable_state": partial(state, ReceivableState),
    "payment_state": partial(state, PaymentState),
    "provider_name": partial(word, PaymentProvider),
    "method_name": partial(word, PaymentMethod),
    "refusal_words": partial(word, IncomingPaymentError),
    "failure_words": partial(word, FailureCode),
}
