"""What a customer agrees to before a method is saved; the words are stored with the time at which they agreed."""

from collections.abc import Mapping

from kontor.payments.v1.payments_pb2_codes import PaymentMethod, PaymentProvider
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word

_TERMS: Mapping[str, str] = {
    PaymentMethod.CARD: N_(
        "I allow %(merchant)s to charge amounts that I owe to this card when they are due, without my confirming each payment."
        " %(provider)s keeps the card details; %(merchant)s never receives them. I can withdraw this at any time by removing the card."
    ),
    PaymentMethod.PAYPAL: N_(
        "I allow %(merchant)s to charge amounts that I owe to my PayPal account when they are due, without my confirming each"
        " payment. I can withdraw this at any time by removing PayPal here or in my PayPal account."
    ),
    # The wording that the European Payments Council and the German Banking Industry Committee publish.
    PaymentMethod.SEPA_DEBIT: N_(
        "I authorise %(merchant)s, and %(provider)s as its payment service provider, to collect payments from my account by direct"
        " debit. At the same time I instruct my bank to honour the direct debits drawn on my account. Note: I can demand a refund"
        " of the amount debited within eight weeks, starting with the date of the debit. The terms agreed with my bank apply."
        " %(provider)s shows the mandate and gives it its reference. I can revoke the mandate at any time by removing it here."
    ),
}


def terms_of(method: str, merchant_name: str, provider: str) -> str:
    """In the present reader's language. `method` is one that can be saved."""
    return _(_TERMS[method]) % {"merchant": merchant_name, "provider": word(PaymentProvider, provider)}
