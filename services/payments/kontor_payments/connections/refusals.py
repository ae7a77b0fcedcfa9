"""What a provider refuses, as a sentence for whoever asked: staff who connect it, or a customer who wants to pay."""

from collections.abc import Mapping

from kontor.payments.v1.payments_pb2_codes import PaymentProvider
from kontor_payments.errors import KeyRefused, ProviderUnavailable
from kontor_payments.providers.protocol import OutcomeUnknown, PermissionsMissing, Refused
from kontor_service.errors import Problem
from kontor_service.i18n import N_
from kontor_service.vocabulary import word

# By the codes of adapters.
_SENTENCES: Mapping[str, str] = {
    "key_malformed": N_("This is not a key of %(provider)s. Copy it in full, without spaces."),
    "key_publishable": N_("This is the publishable key. Please enter a restricted key; it begins with rk_."),
    "key_not_restricted": N_(
        "This is the secret key, which may do everything. Please create a restricted key; it begins with rk_."
    ),
    "key_invalid": N_("%(provider)s does not know this key."),
    "key_revoked": N_("This key has been revoked or has expired at %(provider)s."),
    "invalid_grant": N_("%(provider)s no longer accepts this answer. Please start connecting again."),
    "account_restricted": N_(
        "%(provider)s does not let this account receive payments. Please look into the account there."
    ),
    "email_unconfirmed": N_(
        "The account's e-mail address is not confirmed yet. Please confirm it at %(provider)s and connect again."
    ),
    "WEBHOOK_NUMBER_LIMIT_EXCEEDED": N_(
        "This app has as many webhooks as %(provider)s allows. Please delete one there."
    ),
    "link_invalid": N_(
        "The link must begin with https:// and contain {reference} and {signature}; other placeholders are in the documentation."
    ),
    "secret_too_short": N_("The secret must have at least 16 characters."),
    "signature_incomplete": N_("The signature must cover reference and amount, and everything that the callback says."),
    "callback_incomplete": N_("The callback must say reference, payment, amount, currency, state and signature."),
    "states_invalid": N_(
        "At least one of the acquirer's states must mean succeeded; others may mean failed, pending or reversed."
    ),
    "scheme_invalid": N_("Signatures are made with sha256 or sha512, and written as hex or base64."),
    "account_disconnected": N_("The access to this account was withdrawn at %(provider)s. Please connect it again."),
}


def problem(error: OutcomeUnknown | Refused, provider: str, *, field: str | None = None) -> Problem:
    """The error to raise for staff who connect an account."""
    name = word(PaymentProvider, provider)
    if isinstance(error, PermissionsMissing):
        return KeyRefused(
            N_("The key lacks permissions: %(permissions)s."),
            code="permission_missing",
            field=field,
            permissions=", ".join(error.permissions),
        )
    if isinstance(error, Refused) and str(error) in _SENTENCES:
        return KeyRefused(_SENTENCES[str(error)], code=str(error), field=field, provider=name)
    return ProviderUnavailable(str(error), code="provider_refused" if isinstance(error, Refused) else None)
