"""What happened to a document, as staff read it: its history, who read it first, and when it was paid. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kontor.documents.v1.documents_pb2_codes import HistoryFact
from kontor_service.formats import day
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.vocabulary import word

_TONES: dict[str, str] = {
    HistoryFact.SHARED: "good", HistoryFact.OPENED: "good", HistoryFact.ACCEPTED: "good", HistoryFact.CONFIRMED: "good",
    HistoryFact.WITHDRAWN: "bad", HistoryFact.CANCELLED: "bad", HistoryFact.DECLINED: "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """`at` in ISO 8601; `actor` as histories name who did it, empty where `words` say it; `tone`: good, bad, or empty."""

    at: str
    words: str
    actor: str = ""
    tone: str = ""


def story(
    history: list[dict[str, Any]] | None, moments: list[dict[str, Any]], readers: list[dict[str, Any]],
    payment: dict[str, Any] | None,
) -> list[Happened]:  # fmt: skip
    """The newest first. `history` as documents answers it; where it does not, `moments` stand for it. `moments`, `readers`
    and `payment` as in the copy."""
    if history is None:
        found = [_happened(one["what"], one["at"], one["by"], one["detail"]) for one in moments]
    else:
        found = [_happened(one["fact"], one["at"], one["actor"], _detail(one)) for one in history]
    found += [Happened(one["first_read_at"], _first_read(one), tone="good") for one in readers]
    if payment and payment["paid_at"]:
        found.append(Happened(payment["paid_at"], _("Paid"), tone="good"))
    # Of what happened at the same instant the later told is the newer.
    return sorted(found, key=lambda one: datetime.fromisoformat(one.at))[::-1]


def _detail(entry: dict[str, Any]) -> str:
    name = {HistoryFact.AMENDED: "revision", HistoryFact.EXTENDED: "valid_until", HistoryFact.FORWARDED: "recipient"}
    return str(entry["detail"].get(name.get(entry["fact"], "reason")) or "")


def _happened(fact: str, at: str, actor: str, detail: str) -> Happened:
    return Happened(at, _words(fact, detail), actor, _TONES.get(fact, ""))


def _words(fact: str, detail: str) -> str:
    if fact == HistoryFact.AMENDED and detail:
        return _("Changed: version %(number)s", number=detail)
    if fact == HistoryFact.EXTENDED and detail:
        return _("Extended until %(day)s", day=day(detail, reader().language))
    if fact == HistoryFact.FORWARDED and detail:
        return _("Forwarded to %(name)s", name=detail)
    return f"{word(HistoryFact, fact)}: {detail}" if detail else word(HistoryFact, fact)


def _first_read(mark: dict[str, Any]) -> str:
    return _("First read by %(name)s", name=mark["reader_name"] or _("somebody with the link"))
