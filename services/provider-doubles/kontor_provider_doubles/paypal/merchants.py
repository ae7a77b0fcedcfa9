"""What is set up rather than paid: webhooks, and merchants who agree that a partner acts for them."""

from typing import Any

from kontor_provider_doubles.paypal import apps
from kontor_provider_doubles.paypal.calls import Call
from kontor_provider_doubles.paypal.errors import invalid, missing
from kontor_provider_doubles.paypal.shapes import ReferralRequest, WebhookRequest, plain
from kontor_provider_doubles.store import Object, shown

_MOST_WEBHOOKS = 10


def add_webhook(call: Call, wanted: WebhookRequest) -> Object:
    """One per address and app, ten per app. Raises PayPalError."""
    mine, url = _webhooks(call), str(wanted.url)
    if any(one["url"] == url for one in mine):
        raise invalid("WEBHOOK_URL_ALREADY_EXISTS", "url", "Webhook URL already exists.")
    if len(mine) >= _MOST_WEBHOOKS:
        raise invalid("WEBHOOK_NUMBER_LIMIT_EXCEEDED", "url", "You have exceeded the maximum number of webhooks.")
    return call.add(
        "webhook",
        url=url,
        event_types=plain(wanted)["event_types"],
        links=[],
        _hidden={"app": call.caller.app, "base": call.api_url},
    )


def list_webhooks(call: Call) -> dict[str, Any]:
    return {"webhooks": [shown(one) for one in _webhooks(call)]}


def remove_webhook(call: Call, webhook_id: str) -> None:
    call.store.remove(call.get("webhook", webhook_id)["id"])


def refer(call: Call, wanted: ReferralRequest) -> dict[str, Any]:
    """The address where the merchant agrees."""
    made = call.add("referral", request=plain(wanted))
    page = f"{call.base}/bizsignup/partner/entry?referralToken={made['id']}"
    return {
        "links": [
            {"href": f"{call.base}/v2/customer/partner-referrals/{made['id']}", "rel": "self", "method": "GET"},
            {"href": page, "rel": "action_url", "method": "GET"},
        ]
    }


def integration(call: Call, partner: str, merchant: str) -> dict[str, Any]:
    """What the partner may see of a merchant who has agreed."""
    agreed = apps.consent(call.store, merchant, call.caller.mode, partner)
    if agreed is None or partner != call.caller.account:
        raise missing()
    return {
        "merchant_id": merchant, "tracking_id": agreed["tracking_id"], "payments_receivable": True,
        "primary_email_confirmed": True, "primary_email": f"{merchant.lower()}@haendler.example",
        "legal_name": "Muster GmbH", "products": [{"name": "EXPRESS_CHECKOUT", "status": "ACTIVE"}],
        "oauth_integrations": [{"integration_type": "OAUTH_THIRD_PARTY", "status": "ACTIVE"}],
    }  # fmt: skip


def _webhooks(call: Call) -> list[Object]:
    return [one for one in call.all("webhook") if one["_hidden"]["app"] == call.caller.app]
