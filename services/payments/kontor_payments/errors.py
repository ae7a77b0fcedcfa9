"""What payments can refuse, on one screen."""

from kontor_service.errors import Conflict, Invalid, NotFound, Unavailable


class DocumentNotFound(NotFound):
    code, title = "document_not_found", "There is no such document to pay"


class CheckoutNotFound(NotFound):
    code, title = "checkout_not_found", "There is no such checkout"


class PaymentNotFound(NotFound):
    code, title = "payment_not_found", "There is no such payment"


class NothingToRefund(Conflict):
    code, title = "nothing_to_refund", "Nothing of this payment is too much"


class ConnectionUnknown(NotFound):
    code, title = "connection_unknown", "There is no such provider connection"


class MethodNotOffered(Invalid):
    code, title = "method_not_offered", "This payment method is not offered here"


class NotPayable(Conflict):
    code, title = "not_payable", "This document cannot be paid"


class CheckoutBusy(Conflict):
    code, title = "checkout_busy", "Another payment of this document is being started"


class CurrencyMismatch(Invalid):
    code, title = "currency_mismatch", "The document is in another currency"


class AmountInvalid(Invalid):
    code, title = "amount_invalid", "The amount is not valid"


class ExternalIdReused(Conflict):
    code, title = "external_id_reused", "This external id stands for another payment"


class SignatureInvalid(Invalid):
    status = 400
    code, title = "signature_invalid", "The signature is not valid"


class ProviderUnavailable(Unavailable):
    code, title = "provider_unavailable", "The payment provider does not answer"


class NoBankAccount(NotFound):
    code, title = "no_bank_account", "The merchant offers no bank transfer"
