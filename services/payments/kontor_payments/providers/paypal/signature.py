"""Whether a webhook comes from PayPal (https://developer.paypal.com/api/rest/webhooks/rest/#verify-webhook-signature)."""

import base64
import binascii
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from kontor_payments.errors import SignatureInvalid
from kontor_payments.providers.paypal.access import PayPalAccess
from kontor_payments.providers.protocol import Refused

_FIELD = "PayPal-Transmission-Sig"
_ALGORITHM = "SHA256withRSA"
# PayPal sends a webhook that nobody accepted again for three days. What is older was recorded by somebody.
_OLDEST = timedelta(days=4)
_AHEAD = timedelta(minutes=5)


async def verify(access: PayPalAccess, webhook_id: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """`headers` are looked up in lower case. Raises SignatureInvalid; OutcomeUnknown where the certificate cannot be had."""
    sent = headers.get("paypal-transmission-time", "")
    if headers.get("paypal-auth-algo") != _ALGORITHM or not webhook_id or not _is_recent(sent, now):
        raise SignatureInvalid(field=_FIELD)
    try:
        certificate = await access.certificate(headers.get("paypal-cert-url", ""))
    except Refused as error:
        raise SignatureInvalid(field=_FIELD) from error
    told = f"{headers.get('paypal-transmission-id', '')}|{sent}|{webhook_id}|{zlib.crc32(body)}"
    if not _is_signed(certificate, headers.get("paypal-transmission-sig", ""), told.encode(), now):
        raise SignatureInvalid(field=_FIELD)


def _is_recent(sent: str, now: datetime) -> bool:
    try:
        at = datetime.fromisoformat(sent)
    except ValueError:
        return False
    return at.tzinfo is not None and now - _OLDEST <= at <= now + _AHEAD


def _is_signed(pem: bytes, signature: str, told: bytes, now: datetime) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        key, made = certificate.public_key(), base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        return False
    if not isinstance(key, rsa.RSAPublicKey) or not (
        certificate.not_valid_before_utc <= now.astimezone(UTC) <= certificate.not_valid_after_utc
    ):
        return False
    try:
        key.verify(made, told, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
