"""PayPal's error object (https://developer.paypal.com/api/rest/responses/)."""

from secrets import token_hex
from typing import Any


class PayPalError(Exception):
    def __init__(self, status: int, name: str, message: str, *details: dict[str, str]) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"name": name, "message": message, "debug_id": token_hex(7)}
        if details:
            self.body["details"] = list(details)


def unprocessable(issue: str, description: str = "", field: str = "") -> PayPalError:
    detail = {"issue": issue, "description": description or issue} | ({"field": field} if field else {})
    message = "The requested action could not be performed, semantically incorrect, or failed business validation."
    return PayPalError(422, "UNPROCESSABLE_ENTITY", message, detail)


def invalid(issue: str, field: str, description: str) -> PayPalError:
    detail = {"field": field, "issue": issue, "description": description, "location": "body"}
    return PayPalError(
        400, "INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema.", detail
    )


def missing() -> PayPalError:
    detail = {
        "issue": "INVALID_RESOURCE_ID",
        "description": "Specified resource ID does not exist. Please check and try again.",
    }
    return PayPalError(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.", detail)


def not_authorized() -> PayPalError:
    detail = {
        "issue": "PERMISSION_DENIED",
        "description": "You do not have permission to access or perform operations on this resource.",
    }
    return PayPalError(403, "NOT_AUTHORIZED", "Authorization failed due to insufficient permissions.", detail)


def bad_token() -> PayPalError:
    return PayPalError(
        401,
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to invalid authentication credentials or a missing Authorization header.",
    )
