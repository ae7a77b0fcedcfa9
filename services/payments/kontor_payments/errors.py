"""What payments can refuse, on one screen."""

from kontor_service.errors import Conflict, Invalid, NotFound, Unavailable
from kontor_service.i18n import N_


class DocumentNotFound(NotFound):
    code, title = "document_not_found", N_("There is no such document.")


class CheckoutNotFound(NotFound):
    code, title = "checkout_not_found", N_("There is no such checkout.")


class PaymentNotFound(NotFound):
    code, title = "payment_not_found", N_("There is no such payment.")


class NothingToRefund(Conflict):
    code, title = "nothing_to_refund", N_("Nothing of this payment is too much.")


class ConnectionUnknown(NotFound):
    code, title = "connection_unknown", N_("There is no such provider connection.")


class MethodNotOffered(Invalid):
    code, title = "method_not_offered", N_("This payment method is not offered here.")


class NotPayable(Conflict):
    code, title = "not_payable", N_("Nothing can be paid on this document.")


class CheckoutBusy(Conflict):
    code, title = "checkout_busy", N_("Another payment of this document is being started.")


class CurrencyMismatch(Invalid):
    code, title = "currency_mismatch", N_("The document is in another currency.")


class AmountInvalid(Invalid):
    code, title = "amount_invalid", N_("The amount is not right.")


class ExternalIdReused(Conflict):
    code, title = "external_id_reused", N_("This external id stands for another payment.")


class SignatureInvalid(Invalid):
    status = 400
    code, title = "signature_invalid", N_("The signature is not valid.")


class ProviderUnavailable(Unavailable):
    code, title = (
        "provider_unavailable",
        N_("The payment provider does not answer. Nothing was changed; please try again in a few minutes."),
    )


class NoBankAccount(NotFound):
    code, title = "no_bank_account", N_("The merchant offers no bank transfer.")
