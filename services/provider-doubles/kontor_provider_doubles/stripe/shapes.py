"""Objects as Stripe's API shows them: the fields of the SDK's own resource classes, no more and no fewer.

A field that may be null is null unless it is given; a hash whose `type` names one of its fields has that one alone, as
Stripe's have.
"""

from collections.abc import Mapping
from functools import cache
from inspect import get_annotations
from types import UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject


def build(kind: Any, **given: Any) -> dict[str, Any]:
    """Raises KeyError for a field that the class does not have, or needs and is not given."""
    fields = _fields(kind)
    if unknown := given.keys() - fields.keys() - {"_hidden"}:
        raise KeyError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    chosen = "type" in fields
    made: dict[str, Any] = {name: value for name, value in given.items() if name == "_hidden"}
    for name, hint in fields.items():
        if name in given:
            made[name] = _given(hint, given[name])
        elif name == "object" and hasattr(kind, "OBJECT_NAME"):
            made[name] = kind.OBJECT_NAME
        elif not (name == "deleted" or (chosen and _nested(hint))):
            made[name] = _empty(kind, name, hint)
    return made


def listed(objects: list[dict[str, Any]], url: str, *, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": objects, "has_more": has_more, "url": url}


@cache
def _fields(kind: Any) -> Mapping[str, Any]:
    """Only the class's own: what its bases have is how the SDK speaks, not what the API shows."""
    return {
        name: hint for name, hint in get_annotations(kind).items() if not name.startswith("_") and name != "OBJECT_NAME"
    }


def _nested(hint: Any) -> type[StripeObject] | None:
    """The class of a hash that stands inside the object."""
    for one in (hint, *get_args(hint)):
        if isinstance(one, type) and issubclass(one, StripeObject) and not issubclass(one, UntypedStripeObject):
            return one
    return None


def _given(hint: Any, value: Any) -> Any:
    nested = _nested(hint)
    if nested is not None and not issubclass(nested, ListObject) and isinstance(value, dict) and "object" not in value:
        return build(nested, **value)
    return value


def _empty(kind: type, name: str, hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and type(None) in inner:
        return None
    if origin is list:
        return []
    if hint is bool:
        return False
    if origin is Literal:
        return inner[0]
    if isinstance(origin, type) and issubclass(origin, UntypedStripeObject):
        return {}
    nested = _nested(hint)
    if nested is not None and not isinstance(hint, ForwardRef):
        return build(nested)
    raise KeyError(f"{kind.__name__}.{name} must be given")


# The resources whose ids begin so, for ?expand.
RESOURCES: Mapping[str, type[Any]] = {
    "acct": stripe.Account,
    "ch": stripe.Charge,
    "cs": stripe.checkout.Session,
    "cus": stripe.Customer,
    "du": stripe.Dispute,
    "evt": stripe.Event,
    "mandate": stripe.Mandate,
    "pi": stripe.PaymentIntent,
    "pm": stripe.PaymentMethod,
    "po": stripe.Payout,
    "re": stripe.Refund,
    "seti": stripe.SetupIntent,
    "txn": stripe.BalanceTransaction,
    "we": stripe.WebhookEndpoint,
}
