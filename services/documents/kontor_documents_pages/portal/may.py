"""What a reader may do with a document: pure, from what the copy answered."""

from datetime import date
from typing import Any

_OPEN_TO_DECLINE = (None, "promised")


def may(
    entry: dict[str, Any], details: dict[str, Any], merchant: dict[str, Any], session: dict[str, Any], today: date
) -> dict[str, bool]:
    """`accept`, `decline`, `comment`, `extend` (ask for more time) and `new_offer` (ask for another). The owner decides
    again when it is done."""
    allowed, rights = merchant["types"].get(entry["type"], {}), session["rights"]
    # Staff preview a draft with the buttons that its customer will have.
    states = ("shared", "waiting") if session["kind"] == "preview" else ("shared",)
    is_quote = entry["type"] == "quote" and details["state"] in states
    acts = is_quote and bool(allowed.get("can_accept")) and "documents:accept" in rights
    # Of several customers somebody may accept for some only.
    acts = acts and entry["customer_id"] in (session.get("accepts") or [entry["customer_id"]])
    runs = not (entry["valid_until"] and entry["valid_until"] < today.isoformat())
    outcome = entry["outcome"]
    over = outcome == "expired" or (outcome is None and not runs)
    return {
        "accept": acts and runs and outcome is None,
        "decline": acts and runs and outcome in _OPEN_TO_DECLINE,
        "comment": bool(allowed.get("can_comment")) and "documents:comment" in rights,
        "extend": is_quote and over,
        "new_offer": is_quote and (over or outcome == "declined"),
    }
