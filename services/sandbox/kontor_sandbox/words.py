"""What the hosted page says for a code; its other words are in the templates."""

from kontor_service.i18n import N_

WORDS = {
    "card": N_("Credit card"),
    "sepa_debit": N_("SEPA direct debit"),
    "paypal": N_("PayPal"),
    "declined": N_("The payment was declined. Nothing was charged. Try again or choose another payment method."),
    "refused": N_("The confirmation failed. Nothing was charged."),
    "prompt": N_("at once"),
    "late": N_("late"),
    "twice": N_("twice"),
    "thrice": N_("three times"),
    "out_of_order": N_("out of order"),
    "never": N_("not at all"),
    "capture_call": N_("Answer to the capture call"),
    "refund_call": N_("Answer to the refund call"),
    "none": N_("as it should"),
    "timeout_before": N_("none, nothing done"),
    "timeout_after": N_("none, but done"),
    "error": N_("error 500"),
    "completed": N_("It is complete."),
    "approved": N_("It is approved."),
    "expired": N_("The payment page has expired."),
    "cancelled": N_("It was cancelled."),
}
