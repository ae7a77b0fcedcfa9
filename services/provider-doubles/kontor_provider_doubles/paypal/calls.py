"""One call of the API: who asks, what it changes, and which events tell of it."""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from secrets import token_hex
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from kontor_provider_doubles.behaviour import queue_webhook
from kontor_provider_doubles.paypal.apps import PARTNER, Caller, consent, new_id
from kontor_provider_doubles.paypal.errors import missing
from kontor_provider_doubles.store import Object, Store, shown

_RESOURCE_TYPES = {
    "order": "checkout-order",
    "capture": "capture",
    "refund": "refund",
    "dispute": "dispute",
    "token": "payment_token",
}


@dataclass
class Call:
    """Handlers change objects and `emit` events; all of it is one transaction."""

    store: Store
    caller: Caller
    public_url: str
    # As the caller reached the API, where the certificate of webhooks is found.
    api_url: str = ""
    _emitted: int = 0

    @property
    def base(self) -> str:
        """Where payers and merchants find the account's pages."""
        return f"{self.public_url}{'/live' if self.caller.mode == 'live' else ''}"

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def add(self, kind: str, **values: Any) -> Object:
        made = {"id": new_id(), "create_time": rfc3339(self.now), "update_time": rfc3339(self.now)} | values
        self.store.add(self.caller.space, kind, made)
        return made

    def save(self, changed: Object) -> None:
        changed["update_time"] = rfc3339(self.now)
        self.store.save(changed)

    def get(self, kind: str, object_id: str) -> Object:
        """Raises PayPalError (404), for what another account or mode has too."""
        found = self.store.get(self.caller.space, kind, object_id)
        if found is None:
            raise missing()
        return found

    def all(self, kind: str) -> list[Object]:
        """The newest first."""
        return self.store.every(self.caller.space, kind)

    def emit(self, event_type: str, kind: str, resource: Object, *, forged: bool = False) -> None:
        """Queues an event with the resource as it is now for every webhook that asked for it."""
        event = {
            "id": f"WH-{new_id()}-{new_id()}", "event_version": "1.0", "resource_version": "2.0",
            "create_time": rfc3339(self.now), "resource_type": _RESOURCE_TYPES[kind], "event_type": event_type,
            "summary": event_type, "resource": shown(resource), "links": [],
        }  # fmt: skip
        index = self._emitted
        self._emitted += 1
        for webhook in self._webhooks():
            if {event_type, "*"} & {one["name"] for one in webhook["event_types"]}:
                self._queue(webhook, json.dumps(event).encode(), index, forged=forged)

    def _webhooks(self) -> list[Object]:
        """The account's own, and those of the partner that acts for it."""
        mode, mine = self.caller.mode, self.all("webhook")
        agreed = consent(self.store, self.caller.account, mode, PARTNER)
        return mine + self.store.every(f"{PARTNER}/{mode}", "webhook") if agreed else mine

    def _queue(self, webhook: Object, body: bytes, index: int, *, forged: bool) -> None:
        about = {"webhook_id": webhook["id"], "base": webhook["_hidden"]["base"], "forged": "yes" if forged else ""}
        queue_webhook(self.store, self.caller.account, webhook["url"], about, body, index)


def rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(about: Mapping[str, str], body: bytes) -> dict[str, str]:
    """RSA over "transmission id|time|webhook id|CRC32 of the body", as PayPal signs."""
    key, _ = _signer()
    transmission, sent = str(uuid4()), rfc3339(datetime.now(UTC))
    told = f"{transmission}|{sent}|{about['webhook_id']}|{zlib.crc32(body)}"
    if about["forged"]:
        told += "|forged"
    signature = key.sign(told.encode(), padding.PKCS1v15(), hashes.SHA256())
    return {
        "PayPal-Transmission-Id": transmission,
        "PayPal-Transmission-Time": sent,
        "PayPal-Transmission-Sig": base64.b64encode(signature).decode(),
        "PayPal-Auth-Algo": "SHA256withRSA",
        "PayPal-Cert-Url": f"{about['base']}/v1/notifications/certs/{certificate_id()}",
        "Correlation-Id": token_hex(7),
    }


def certificate_id() -> str:
    return f"CERT-{_signer()[1].fingerprint(hashes.SHA256()).hex()[:24]}"


def certificate_pem() -> bytes:
    return _signer()[1].public_bytes(serialization.Encoding.PEM)


@cache
def _signer() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Made anew by every process."""
    key, now = rsa.generate_private_key(public_exponent=65537, key_size=2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.double")])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return key, certificate
