"""The double of PayPal."""

from kontor_provider_doubles.double import Double
from kontor_provider_doubles.paypal import api, control, pages
from kontor_provider_doubles.paypal.calls import sign

PAYPAL = Double((api.router, pages.router, control.router), sign, api.prepare, control.apply_due_changes)
