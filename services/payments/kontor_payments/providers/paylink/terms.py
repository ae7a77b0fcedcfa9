"""How an acquirer's payment link and its callback are written, as the merchant copies it from the acquirer's manual."""

import base64
import hashlib
import hmac
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from kontor_payments.providers.protocol import Refused
from kontor_payments.receivables.ledger import ReportedState

# What may stand in braces in the link, and be signed.
PLACEHOLDERS = frozenset(
    {
        "reference", "amount", "amount_minor", "currency", "description", "language", "return_url", "cancel_url",
        "callback_url", "expires",
    }
)  # fmt: skip
# What a callback has to say; the amount either as a decimal or in minor units.
_TOLD = frozenset({"reference", "payment", "currency", "state", "signature"})
_AMOUNTS = frozenset({"amount", "amount_minor"})
_STATES: Mapping[str, ReportedState] = {
    "succeeded": "succeeded", "failed": "failed", "pending": "pending", "reversed": "reversed"
}  # fmt: skip
_HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}
_SHORTEST_SECRET = 16


@dataclass(frozen=True)
class PaylinkTerms:
    url: str
    secret: str
    # Placeholders whose values are signed, in order.
    signed: tuple[str, ...]
    # What the callback's fields are called, by our names for them.
    names: Mapping[str, str]
    # The callback's fields that its signature covers, in order.
    callback_signed: tuple[str, ...]
    # What the acquirer's words for a payment's state mean.
    states: Mapping[str, ReportedState]
    algorithm: Literal["sha256", "sha512"]
    encoding: Literal["hex", "base64"]
    # Between the values that are signed.
    separator: str

    def link(self, values: Mapping[str, str]) -> str:
        signature = self.sign([values[name] for name in self.signed])
        quoted = {name: quote(value, safe="") for name, value in {**values, "signature": signature}.items()}
        return self.url.format_map(quoted)

    def is_genuine(self, told: Mapping[str, str]) -> bool:
        """Whether the callback's signature is right."""
        right = self.sign([told.get(name, "") for name in self.callback_signed])
        sent = told.get(self.names["signature"], "")
        if self.encoding == "hex":
            sent = sent.lower()
        return hmac.compare_digest(right.encode(), sent.encode(errors="replace"))

    def sign(self, values: list[str]) -> str:
        digest = hmac.new(
            self.secret.encode(), self.separator.join(values).encode(errors="replace"), _HASHES[self.algorithm]
        ).digest()
        return digest.hex() if self.encoding == "hex" else base64.b64encode(digest).decode()


def terms_of(fields: Mapping[str, str]) -> PaylinkTerms:
    """Raises Refused: link_invalid, secret_too_short, signature_incomplete, callback_incomplete, states_invalid, scheme_invalid."""
    url, secret = fields["url"].strip(), fields["secret"].strip()
    signed, callback_signed = tuple(fields["signed"].split()), tuple(fields["callback_signed"].split())
    names, states = _pairs(fields["callback_fields"]), _pairs(fields["states"])
    algorithm, encoding, separator = _scheme(fields.get("scheme", ""))
    used = _placeholders(url)
    if urlsplit(url).scheme != "https" or not {"reference", "signature"} <= used or used - PLACEHOLDERS - {"signature"}:
        raise Refused("link_invalid")
    if len(secret) < _SHORTEST_SECRET:
        raise Refused("secret_too_short")
    if not set(signed) <= PLACEHOLDERS or "reference" not in signed or not _AMOUNTS & set(signed):
        raise Refused("signature_incomplete")
    if not names.keys() >= _TOLD or names.keys() - _TOLD - _AMOUNTS or not _AMOUNTS & names.keys():
        raise Refused("callback_incomplete")
    # Whoever could change one of them could say that something was paid.
    if {name for key, name in names.items() if key != "signature"} - set(callback_signed):
        raise Refused("signature_incomplete")
    if "succeeded" not in states.values() or set(states.values()) - _STATES.keys():
        raise Refused("states_invalid")
    meanings = {word: _STATES[meaning] for word, meaning in states.items()}
    return PaylinkTerms(url, secret, signed, names, callback_signed, meanings, algorithm, encoding, separator)


def _pairs(text: str) -> dict[str, str]:
    """Of "a=b c=d"."""
    return dict(pair.split("=", 1) for pair in text.split() if "=" in pair)


def _placeholders(url: str) -> set[str]:
    """A form or a conversion is refused: it would be carried out on each link, and could make it megabytes long."""
    try:
        parts = [part for part in string.Formatter().parse(url) if part[1] is not None]
    except ValueError as error:
        raise Refused("link_invalid") from error
    if any(form or conversion for _, _, form, conversion in parts):
        raise Refused("link_invalid")
    return {name for _, name, _, _ in parts if name is not None}


def _scheme(text: str) -> tuple[Literal["sha256", "sha512"], Literal["hex", "base64"], str]:
    """Of "sha256 hex |"; without a separator nothing stands between the values."""
    parts = text.split() or ["sha256", "hex"]
    algorithm, encoding = parts[0], parts[1] if len(parts) > 1 else "hex"
    if algorithm not in ("sha256", "sha512") or encoding not in ("hex", "base64") or len(parts) > 3:
        raise Refused("scheme_invalid")
    return algorithm, encoding, parts[2] if len(parts) == 3 else ""  # type: ignore[return-value]
