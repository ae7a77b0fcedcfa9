"""How the sandbox signs its webhooks: as Stripe does, an HMAC over the time of sending and the body."""

import hashlib
import hmac

HEADER = "Sandbox-Signature"


def sign(secret: str, body: bytes, sent_at: int) -> str:
    """The header's value: `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`."""
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={sent_at},v1={digest}"
