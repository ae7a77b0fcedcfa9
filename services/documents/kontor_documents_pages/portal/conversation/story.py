"""What happened to a document, as its customer reads it. Pure."""

from datetime import datetime
from typing import Any

from kontor.documents.v1.documents_pb2_codes import HistoryFact
from kontor_service.formats import day
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _

_WORDS = {
    HistoryFact.SHARED: N_("Sent to you"),
    HistoryFact.OPENED: N_("Opened for the first time"),
    HistoryFact.AMENDED: N_("Changed"),
    HistoryFact.ACCEPTED: N_("Accepted"),
    HistoryFact.PROMISED: N_("Accepted"),
    HistoryFact.DECLINED: N_("Declined"),
    HistoryFact.EXPIRED: N_("Expired"),
    HistoryFact.EXTENDED: N_("Extended"),
    HistoryFact.EXTENSION_REQUESTED: N_("More time asked for"),
    HistoryFact.NEW_OFFER_REQUESTED: N_("New quote asked for"),
    HistoryFact.SUPERSEDED: N_("Replaced by a newer quote"),
    HistoryFact.CONFIRMED: N_("Order confirmed"),
    HistoryFact.WITHDRAWN: N_("Withdrawn"),
    HistoryFact.CANCELLED: N_("Cancelled"),
}


def story(
    moments: list[dict[str, Any]], payment: dict[str, Any] | None, comments: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    """When (ISO 8601) and what in the reader's language, the newest first. `moments` as in the contract's Moment, `payment`
    and `comments` as in the copy."""
    found = [(one["at"], _words(one)) for one in moments if one["what"] in _WORDS]
    found += [(one["created_at"], _by(_("Message"), one["author_name"])) for one in comments]
    if payment and payment["paid_at"]:
        found.append((payment["paid_at"], _("Paid")))
    # Of what happened at the same instant the later told is the newer.
    return sorted(found, key=lambda one: datetime.fromisoformat(one[0]))[::-1]


def _words(moment: dict[str, Any]) -> str:
    words = _by(_(_WORDS[HistoryFact(moment["what"])]), moment["by"])
    if moment["what"] == HistoryFact.PROMISED:
        return _("%(what)s, waiting for the payment", what=words)
    if moment["what"] == HistoryFact.AMENDED and moment["detail"]:
        return _("%(what)s: version %(number)s", what=words, number=moment["detail"])
    if moment["what"] == HistoryFact.EXTENDED and moment["detail"]:
        return _("%(what)s until %(day)s", what=words, day=day(moment["detail"], reader().language))
    return words


def _by(words: str, name: str) -> str:
    return _("%(what)s by %(name)s", what=words, name=name) if name else words
