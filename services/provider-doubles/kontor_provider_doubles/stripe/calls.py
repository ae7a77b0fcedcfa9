"""One call of the API: who asks, with which parameters, what it changes, and which events tell of it."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import stripe

from kontor_provider_doubles.behaviour import queue_webhook
from kontor_provider_doubles.store import Object, Store, shown
from kontor_provider_doubles.stripe.errors import missing
from kontor_provider_doubles.stripe.keys import Caller
from kontor_provider_doubles.stripe.shapes import RESOURCES, build


@dataclass
class Call:
    """Handlers read `params`, change objects and `emit` events; all of it is one transaction."""

    store: Store
    caller: Caller
    public_url: str
    params: Mapping[str, Any] = field(default_factory=dict)
    # The ids in the path, in order.
    ids: tuple[str, ...] = ()
    idempotency_key: str | None = None
    _emitted: int = 0

    @property
    def now(self) -> int:
        return int(time.time())

    def new_id(self, prefix: str) -> str:
        test = "live_" if self.caller.livemode else "test_"
        return f"{prefix}_{test if prefix == 'cs' else ''}{token_hex(12)}"

    def add(self, prefix: str, **values: Any) -> Object:
        """A new object of the resource whose ids begin so."""
        values.setdefault("id", self.new_id(prefix))
        fields = RESOURCES[prefix].__annotations__
        for name, value in (("created", self.now), ("livemode", self.caller.livemode)):
            if name in fields:
                values.setdefault(name, value)
        made = build(RESOURCES[prefix], **values)
        self.store.add(self.caller.space, prefix, made)
        return made

    def save(self, changed: Object) -> None:
        self.store.save(changed)

    def get(self, object_id: str, *prefixes: str) -> Object:
        """Raises StripeError (resource_missing), for what another account or mode has too."""
        prefix = prefix_of(object_id)
        found = self.store.get(self.caller.space, prefix, object_id) if prefix in (prefixes or RESOURCES) else None
        if found is None:
            raise missing(RESOURCES[prefixes[0]].OBJECT_NAME if prefixes else "object", object_id)
        return found

    def all(self, prefix: str, **equal: Any) -> list[Object]:
        """The newest first, where these fields are so."""
        wanted = {name: value for name, value in equal.items() if value is not None}
        every = self.store.every(self.caller.space, prefix)
        return [one for one in every if all(one.get(name) == value for name, value in wanted.items())]

    def emit(self, kind: str, about: Object) -> None:
        """Stores an event with the object as it is now, and queues it for every endpoint that asked for it."""
        event = self.add(
            "evt", type=kind, data={"object": shown(about)}, pending_webhooks=0, api_version=stripe.api_version,
            account=None, request={"id": f"req_{token_hex(8)}", "idempotency_key": self.idempotency_key},
        )  # fmt: skip
        index = self._emitted
        self._emitted += 1
        body = json.dumps(shown(event), separators=(",", ":")).encode()
        for endpoint in self.all("we"):
            if endpoint["status"] == "enabled" and {kind, "*"} & set(endpoint["enabled_events"]):
                about = {"secret": endpoint["_hidden"]["secret"]}
                queue_webhook(self.store, self.caller.account, endpoint["url"], about, body, index)


def prefix_of(object_id: str) -> str:
    head = object_id.partition("_")[0]
    # A payment by another method than a card is a charge all the same.
    return {"py": "ch", "dp": "du"}.get(head, head)


def expanded(call: Call, one: Object, paths: list[str]) -> Object:
    """With the objects in the place of their ids. Raises StripeError for what cannot be expanded."""
    answer: Object = json.loads(json.dumps(shown(one)))
    for path in paths:
        _expand(call, answer, path.split("."))
    return answer


def _expand(call: Call, place: Any, names: list[str]) -> None:
    if isinstance(place, list):
        for one in place:
            _expand(call, one, names)
        return
    if not names or not isinstance(place, dict):
        return
    name = names[0]
    value = place.get(name)
    if isinstance(value, str) and "_" in value and prefix_of(value) in RESOURCES:
        place[name] = json.loads(json.dumps(shown(call.get(value))))
    _expand(call, place.get(name), names[1:])


def sign(about: Mapping[str, str], body: bytes) -> dict[str, str]:
    """`t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">` (https://docs.stripe.com/webhooks#verify-manually)."""
    sent = int(time.time())
    digest = hmac.new(about["secret"].encode(), f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={sent},v1={digest}"}
