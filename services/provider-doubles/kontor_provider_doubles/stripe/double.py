"""What makes the double of Stripe."""

from kontor_provider_doubles.double import Double
from kontor_provider_doubles.stripe.api import prepare
from kontor_provider_doubles.stripe.api import router as api
from kontor_provider_doubles.stripe.calls import sign
from kontor_provider_doubles.stripe.control import apply_due_changes
from kontor_provider_doubles.stripe.control import router as control
from kontor_provider_doubles.stripe.pages import router as pages

STRIPE = Double((api, pages, control), sign, prepare, apply_due_changes)
