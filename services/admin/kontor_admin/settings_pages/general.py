"""Portal on and off, what mails carry, whether documents wait for release."""

from typing import Any

from kontor_admin.settings_pages.tabs import MerchantForm
from kontor_web import Form

_FLAGS = (
    "portal_enabled", "automatic_release", "mail_attaches_files", "portal_access_default", "password_reset_enabled",
)  # fmt: skip
_TEXTS = ("language", "mail_from_name", "mail_reply_to", "document_view", "receipt_cashier")


def _values(merchant: dict[str, Any]) -> dict[str, Any]:
    return {name: merchant.get(name) for name in (*_FLAGS, *_TEXTS)}


def _wanted(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    return {flag: form.flag(flag) for flag in _FLAGS} | {
        "language": form.choice("language", ("de", "en")),
        "document_view": form.choice("document_view", ("data", "pdf")),
        "receipt_cashier": form.choice("receipt_cashier", ("name", "reference")),
        "mail_from_name": form.text("mail_from_name", limit=200),
        "mail_reply_to": form.email("mail_reply_to"),
        "own_password": form.value("own_password") or None,
    }, {}


FORM = MerchantForm("general", _values, _wanted, {})
