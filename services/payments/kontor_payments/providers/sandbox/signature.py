"""How the sandbox signs its webhooks: as Stripe does, an HMAC over the time of sending and the body."""

import hashlib
import hmac

HEADER = "Sandbox-Signature"
TOLERANCE_SECONDS = 300


def sign(secret: str, body: bytes, sent_at: int) -> str:
    """The header's value: `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`."""
    return f"t={sent_at},v1={_digest(secret, body, sent_at)}"


def verify(secret: str, header: str, body: bytes, now: int) -> bool:
    """Whether the signature is right and no older than five minutes, so that a recorded one is of no use."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    sent = parts.get("t", "")
    if not sent.isdecimal() or abs(now - int(sent)) > TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(_digest(secret, body, int(sent)), parts.get("v1", ""))


def _digest(secret: str, body: bytes, sent_at: int) -> str:
    return hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
