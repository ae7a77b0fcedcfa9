"""How badly a double is to behave towards one account. Tests and people set it over `PUT /double/behaviour`."""

import asyncio
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field

from kontor_provider_doubles.store import Store

Webhooks = Literal["prompt", "late", "twice", "thrice", "out_of_order", "never"]
# timeout_before: nothing was done; timeout_after: it was done, and no answer comes.
CallFault = Literal["timeout_before", "timeout_after", "error"]
_KIND = "double.behaviour"
_COPIES = {"twice": 2, "thrice": 3}
# An event that is to come out of order waits for its successor, but not for ever.
_OVERTAKEN_AFTER = 120.0


class Behaviour(BaseModel):
    webhooks: Webhooks = "prompt"
    late_seconds: float = Field(default=5, ge=0, le=86_400)
    # For the next call only, by "METHOD /path" with {id} for ids, as in "POST /v1/refunds".
    calls: dict[str, CallFault] = {}
    # How long a call that times out is held.
    hold_seconds: float = Field(default=30, ge=0, le=300)
    # A debit, or another payment that takes days, arrives by itself after so many seconds.
    settle_after_seconds: float = Field(default=45, ge=0, le=86_400)

    def deliveries(self, index: int) -> list[float | None]:
        """In how many seconds each copy of a webhook is sent; `index` is its place among those of one change."""
        if self.webhooks == "never":
            return [None]
        if self.webhooks == "out_of_order" and index == 0:
            return [_OVERTAKEN_AFTER]
        due = self.late_seconds if self.webhooks == "late" else 0.0
        return [due] * _COPIES.get(self.webhooks, 1)


def behaviour_of(store: Store, account: str) -> Behaviour:
    found = store.get(account, _KIND, f"behaviour_{account}")
    return Behaviour.model_validate(found["behaviour"]) if found else Behaviour()


def set_behaviour(store: Store, account: str, behaviour: Behaviour) -> None:
    with store.transaction():
        store.remove(f"behaviour_{account}")
        store.add(account, _KIND, {"id": f"behaviour_{account}", "behaviour": behaviour.model_dump(mode="json")})


def take_fault(store: Store, account: str, operation: str) -> CallFault | None:
    """The fault that was asked for in this call; only once, so that whoever asks again gets an answer."""
    behaviour = behaviour_of(store, account)
    fault = behaviour.calls.pop(operation, None)
    if fault is not None:
        set_behaviour(store, account, behaviour)
    return fault


def queue_webhook(store: Store, account: str, url: str, about: Mapping[str, str], body: bytes, index: int) -> None:
    """Queues a webhook as the behaviour says; `index` is its place among those of one change, `about` for its signature."""
    behaviour = behaviour_of(store, account)
    if behaviour.webhooks == "out_of_order":
        store.deliver_within(url, 1)
    for due in behaviour.deliveries(index):
        store.add_delivery(url, about, body, due)


async def hold(store: Store, account: str) -> None:
    """No answer comes for as long as the behaviour says."""
    await asyncio.sleep(behaviour_of(store, account).hold_seconds)
