"""What payments can refuse, on one screen."""

from kontor_service.errors import Conflict, Gone, Invalid, NotFound, Unavailable
from kontor_service.i18n import N_

DocumentNotFound = NotFound.named("document_not_found", N_("There is no such document."))
CheckoutNotFound = NotFound.named("checkout_not_found", N_("There is no such checkout."))
PaymentNotFound = NotFound.named("payment_not_found", N_("There is no such payment."))
IncomingPaymentNotFound = NotFound.named("incoming_payment_not_found", N_("There is no such reported payment."))
NotParked = Conflict.named("not_parked", N_("This payment no longer waits for its document."))
NoReceipt = Conflict.named("no_receipt", N_("There is a receipt as soon as the money has arrived."))
NothingToRefund = Conflict.named("nothing_to_refund", N_("There is nothing to refund."))
RefundByHand = Invalid.named(
    "refund_by_hand",
    N_(
        "Kontor cannot give this money back at the provider. Please give it back at the provider's own pages, then record it here."
    ),
)
RefundTooMuch = Invalid.named("refund_too_much", N_("That much is not left of this payment."))
NothingToCredit = Invalid.named(
    "nothing_to_credit", N_("This money is too much: it goes back without a credit note, and nothing is open again.")
)
NothingToPayOut = Conflict.named("nothing_to_pay_out", N_("That much is not left of this credit note."))
# Asked for again with `confirmed`, it is done.
BookingUnusual = Conflict.named("booking_unusual", N_("This booking is unusual."))
NotCancellable = Conflict.named(
    "not_cancellable",
    N_("Only a booking by staff or the ERP can be cancelled, once, and not after money of it was given back."),
)
ConnectionUnknown = NotFound.named("connection_unknown", N_("There is no such provider connection."))
PayoutNotFound = NotFound.named("payout_not_found", N_("There is no such payout."))
DatevNotSetUp = Conflict.named(
    "datev_not_set_up", N_("Please enter your consultant and client number first; your tax adviser knows them.")
)
PayoutNotInEuros = Conflict.named(
    "payout_not_in_euros", N_("DATEV files are in euros; these payouts are not: %(references)s")
)
PayLinkNotFound = NotFound.named("pay_link_not_found", N_("There is no such pay link."))
PayLinkRevoked = Gone.named("pay_link_revoked", N_("This pay link was revoked."))
MethodNotOffered = Invalid.named("method_not_offered", N_("This payment method is not offered here."))
NotPayable = Conflict.named("not_payable", N_("Nothing can be paid on this document."))
NotPayableTogether = Invalid.named("not_payable_together", N_("These documents cannot be paid at once."))
CheckoutBusy = Conflict.named("checkout_busy", N_("Another payment of this document is being started."))
CurrencyMismatch = Invalid.named("currency_mismatch", N_("The document is in another currency."))
AmountInvalid = Invalid.named("amount_invalid", N_("The amount is not right."))
ExternalIdReused = Conflict.named("external_id_reused", N_("This external id stands for another payment."))

SavedMethodNotFound = NotFound.named("saved_method_not_found", N_("There is no such saved payment method."))
NotAgreed = Invalid.named("not_agreed", N_("Please agree first; without that nothing may be charged."))
MethodNotSaved = Invalid.named("method_not_saved", N_("This payment method cannot be saved here."))
NoSavedMethod = Conflict.named("no_saved_method", N_("There is no saved payment method that can be charged."))
NothingToConfirm = Conflict.named("nothing_to_confirm", N_("No payment waits for your confirmation any more."))
SavedMethodInUse = Conflict.named(
    "saved_method_in_use", N_("A payment with it is being carried out. It can be removed as soon as that is done.")
)


class SignatureInvalid(Invalid):
    """Counted, as every answer, in kontor_http_requests_total by its route and status."""

    status = 401
    code, title = "signature_invalid", N_("The signature is not valid.")


ProviderUnavailable = Unavailable.named(
    "provider_unavailable",
    N_("The payment provider does not answer. Nothing was changed; please try again in a few minutes."),
)
# Its code says why: key_invalid, key_revoked, permission_missing, … (connections/refusals.py).
KeyRefused = Invalid.named("key_refused", N_("The provider does not accept this key."))
OAuthStateInvalid = Conflict.named(
    "oauth_state_invalid", N_("This answer of the provider is too old, or meant for somebody else.")
)
TrialNotPossible = Conflict.named(
    "trial_not_possible", N_("A test payment needs an account of the provider's test mode. Please connect that first.")
)
TrialPaymentNotFound = NotFound.named("trial_payment_not_found", N_("There is no such test payment."))
LiveKeyNeeded = Conflict.named(
    "live_key_needed", N_("This account is in test mode: nobody would be charged. Please connect it with live keys.")
)
TrialNotPassed = Conflict.named("trial_not_passed", N_("Please make a test payment first."))
ConnectionInTrouble = Conflict.named(
    "connection_in_trouble", N_("The provider refuses the access to this account. Please connect it again first.")
)
KeysNeeded = Conflict.named(
    "keys_needed",
    N_(
        "The keys are still needed: %(checkouts)s open payment pages, %(payments)s payments on their way and"
        " %(refunds)s refunds are not finished yet."
    ),
)
BelowMinimum = Conflict.named("below_minimum", N_("%(provider)s accepts payments from %(minimum)s on."))
CheckoutRefused = Conflict.named(
    "provider_refused",
    N_("The payment provider does not accept this payment. Nothing was charged; please choose another payment method."),
)
NoBankAccount = NotFound.named("no_bank_account", N_("The merchant offers no bank transfer."))
StatementOfAnotherAccount = Invalid.named(
    "statement_of_another_account", N_("This is a statement of an account that is not yours.")
)
StatementEntryNotFound = NotFound.named("statement_entry_not_found", N_("There is no such payment on a statement."))
StatementEntryDecided = Conflict.named(
    "statement_entry_decided", N_("Somebody has decided about this payment meanwhile. Please look at it again.")
)
# Asked for again with `confirmed`, it is done.
StatementShareUnusual = Conflict.named("statement_share_unusual", N_("This booking is unusual."))
SharesInvalid = Invalid.named("shares_invalid", N_("The amounts are not right."))
BookedFromStatement = Conflict.named(
    "booked_from_statement",
    N_("This booking comes from a bank statement. Please undo it there, so that the payment can be assigned anew."),
)
