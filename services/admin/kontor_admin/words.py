"""Names for the codes of the contract, in the reader's language."""

from datetime import datetime
from functools import partial
from typing import Any

from babel.dates import format_datetime

from kontor.documents.v1.documents_pb2_codes import DocumentSource, DocumentState, DocumentType, HistoryFact
from kontor.identity.v1.identity_pb2_codes import ContactAccess, NoLink, StaffRole
from kontor.notifications.v1.notifications_pb2_codes import MailState
from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod, PaymentProvider, PaymentState
from kontor_admin.problems import issue
from kontor_edge.problems import sentence
from kontor_service.errors import Problem
from kontor_service.formats import locale_of
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import plural, state, word
from kontor_web import Link

_GROUPS = {
    "ready": ("paid", N_("ready")),
    "making": ("way", N_("being made")),
    "no_email": ("open", N_("no e-mail")),
    "unmatched": ("late", N_("not assigned")),
    "invalid": ("late", N_("faulty")),
}
_UNITS = {
    "C62": N_("pc."), "H87": N_("pc."), "HUR": N_("h"), "DAY": N_("days"), "MON": N_("months"), "LS": N_("lump sum"),
    "KGM": "kg", "MTR": "m", "MTK": "m²", "MTQ": "m³", "LTR": "l", "KMT": "km", "KWH": "kWh", "TNE": "t", "MIN": "min",
    "XPP": N_("pc."), "PR": N_("pairs"), "SET": N_("sets"), "ANN": N_("years"), "WEE": N_("weeks"), "P1": "%",
}  # fmt: skip


def _word(words: dict[str, str], code: str) -> str:
    return _(words[code]) if code in words else code


def _kind(words: dict[str, tuple[str, str]], code: str) -> tuple[str, str]:
    kind, word = words.get(code, ("idle", code))
    return kind, _(word) if code in words else word


def mail_name(label: str, document_type: str = "") -> str:
    """What notifications calls a kind of mail, with the type of document it is about: Dokument · Rechnung"""
    name = _(label) if label else ""
    return f"{name} · {word(DocumentType, document_type)}" if document_type else name


def unit(code: str) -> str:
    """UN/ECE Recommendation 20, as far as it is common; the code itself otherwise."""
    return _word(_UNITS, code)


def month_name(at: datetime) -> str:
    """November"""
    return format_datetime(at, "LLLL", locale=locale_of(reader().language))


def problem_words(code: str, detail: str) -> str:
    return sentence(Problem(detail, code=code))


def actor_name(actor: str) -> str:
    """Who did it: a name, or as histories have it `staff:<id> Name`. Staff and systems by name, customers as such."""
    subject, _blank, name = actor.partition(" ")
    kind = subject.partition(":")[0]
    if name:
        return name if ":" in subject else actor
    return {
        "contact": _("Customer"),
        "link": _("Customer, by link"),
        "key": _("API key"),
        "service": "",
        "bus": _("ERP"),
    }.get(kind, actor if ":" not in actor else "")


def tabs(here: str, as_pdf: bool) -> list[Link]:
    return [Link(_("Overview"), here, current=not as_pdf), Link("PDF", f"{here}?ansicht=pdf", current=as_pdf)]


def language_tabs(kind: str, language: str) -> list[Link]:
    names = {"de": "Deutsch", "en": "English"}
    return [Link(name, f"/mails/texte/{kind}/{code}", current=code == language) for code, name in names.items()]


# What templates may call.
GLOBALS: dict[str, Any] = {
    "role_name": partial(word, StaffRole),
    "source_name": partial(word, DocumentSource),
    "document_state": partial(state, DocumentState),
    "release_group": lambda code: _kind(_GROUPS, code),
    "mail_state": partial(state, MailState),
    "payment_state": partial(state, PaymentState),
    "access_state": partial(state, ContactAccess),
    "history_fact": partial(word, HistoryFact),
    "mail_name": mail_name,
    "unit_name": unit,
    "link_reason": partial(word, NoLink),
    "month_name": month_name,
    "provider_name": partial(word, PaymentProvider),
    "language_tabs": language_tabs,
    "actor_name": actor_name,
    "tabs": tabs,
    "problem_words": problem_words,
    "issue_words": issue,
    "document_type": partial(word, DocumentType),
    "document_types": partial(plural, DocumentType),
    "method_name": partial(word, PaymentMethod),
    "failure_words": partial(word, FailureCode),
    "DOCUMENT_TYPES": tuple(DocumentType),
}
