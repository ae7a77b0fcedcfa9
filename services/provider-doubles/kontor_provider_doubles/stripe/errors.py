"""Stripe's error object (https://docs.stripe.com/api/errors)."""

from typing import Any


class StripeError(Exception):
    def __init__(self, status: int, kind: str, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.status = status
        given = {name: value for name, value in fields.items() if value}
        self.body = {"error": {"type": kind, "message": message, **given}}


def invalid(message: str, *, param: str = "", code: str = "") -> StripeError:
    return StripeError(400, "invalid_request_error", message, param=param, code=code)


def missing(kind: str, object_id: str) -> StripeError:
    return StripeError(
        404, "invalid_request_error", f"No such {kind}: '{object_id}'", param="id", code="resource_missing"
    )


def card_error(code: str, message: str, *, decline_code: str = "", payment_intent: Any = None) -> StripeError:
    return StripeError(402, "card_error", message, code=code, decline_code=decline_code, payment_intent=payment_intent)
