"""Lists and single objects: newest first, page by page."""

import re
from collections.abc import Callable
from typing import Any

from kontor_provider_doubles.store import Object, shown
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.errors import invalid
from kontor_provider_doubles.stripe.shapes import listed

_SEARCH = re.compile(r"""metadata\[['"](?P<name>\w+)['"]\]:\s*['"](?P<value>[\w-]+)['"]""")


def one(prefix: str) -> Callable[[Call], Object]:
    return lambda call: call.get(call.ids[0], prefix)


def many(prefix: str, url: str, *filters: str) -> Callable[[Call], Object]:
    """By the fields that Stripe filters this list by, besides `created`."""

    def handler(call: Call) -> Object:
        found = call.all(prefix, **{name: call.params.get(name) for name in filters})
        return _page(call, [row for row in found if _within(row, call.params.get("created"))], url)

    return handler


def balance_transactions(call: Call) -> Object:
    """`payout`: what is in it, the payout's own entry among it."""
    params = call.params
    found = call.all("txn", source=params.get("source"), type=params.get("type"), currency=params.get("currency"))
    if "payout" in params:
        payout = call.get(params["payout"], "po")
        found = [row for row in found if row["_hidden"]["payout"] == payout["id"]]
    return _page(call, found, "/v1/balance_transactions")


def search_intents(call: Call) -> Object:
    matched = _SEARCH.fullmatch(call.params["query"])
    if matched is None:
        raise invalid("We were unable to parse your search query.", param="query")
    name, value = matched["name"], matched["value"]
    found = [row for row in call.all("pi") if row["metadata"].get(name) == value]
    return _page(call, found, "/v1/payment_intents/search") | {"object": "search_result", "next_page": None}


def _page(call: Call, rows: list[Object], url: str) -> Object:
    limit = call.params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid integer: limit must be between 1 and 100", param="limit")
    after = call.params.get("starting_after")
    if after is not None:
        ids = [row["id"] for row in rows]
        rows = rows[ids.index(call.get(after)["id"]) + 1 :]
    return listed([shown(row) for row in rows[:limit]], url, has_more=len(rows) > limit)


def _within(row: Object, wanted: Any) -> bool:
    if wanted is None:
        return True
    if not isinstance(wanted, dict):
        return bool(row["created"] == int(wanted))
    created = row["created"]
    return all(
        {
            "gt": created > int(bound),
            "gte": created >= int(bound),
            "lt": created < int(bound),
            "lte": created <= int(bound),
        }[name]
        for name, bound in wanted.items()
    )
