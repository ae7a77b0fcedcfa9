"""What of a document's history its customer and staff look for: short, so that events can carry it. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kontor.documents.v1.documents_pb2_codes import HistoryFact

MOST_MOMENTS = 50
# Beside all else that the bus carries of a document, so many bytes of JSON.
_MOST_BYTES = 8 * 1024
_MOST_CHARACTERS = 80
# Each with what is said of it besides.
_DETAILS = {
    HistoryFact.SHARED: "", HistoryFact.OPENED: "", HistoryFact.WITHDRAWN: "", HistoryFact.CANCELLED: "",
    HistoryFact.AMENDED: "revision", HistoryFact.ACCEPTED: "", HistoryFact.PROMISED: "", HistoryFact.DECLINED: "",
    HistoryFact.EXPIRED: "", HistoryFact.EXTENDED: "valid_until", HistoryFact.SUPERSEDED: "", HistoryFact.CONFIRMED: "",
    HistoryFact.EXTENSION_REQUESTED: "", HistoryFact.NEW_OFFER_REQUESTED: "", HistoryFact.FORWARDED: "recipient",
}  # fmt: skip
_CUSTOMERS = ("contact:", "customer:", "link:")


def with_moment(
    moments: Sequence[dict[str, Any]], fact: str, *, at: datetime, actor: str, detail: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """With this fact at the end where it is one of those; the oldest give way. Each as the contract's Moment, `at` in
    ISO 8601."""
    if fact not in _DETAILS:
        return list(moments)
    said = str(detail.get(_DETAILS[HistoryFact(fact)], ""))
    moment = {"what": fact, "at": at.isoformat(), "by": _person(actor, detail), "detail": said[:_MOST_CHARACTERS]}
    return _bounded([*moments, moment])


def _person(actor: str, detail: Mapping[str, Any]) -> str:
    """The customer's person: as they wrote their name, else as they logged in; empty for the merchant and for Kontor."""
    subject, _blank, name = actor.partition(" ")
    return str(detail.get("name") or name)[:_MOST_CHARACTERS] if subject.startswith(_CUSTOMERS) else ""


def _bounded(moments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    room, kept = _MOST_BYTES, list[dict[str, Any]]()
    for moment in reversed(moments[-MOST_MOMENTS:]):
        room -= len(json.dumps(moment, ensure_ascii=False).encode())
        if room < 0:
            break
        kept.append(moment)
    return kept[::-1]
