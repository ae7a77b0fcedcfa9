"""Names for the codes of the contract, in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from babel.dates import format_datetime

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1.identity_pb2_codes import ContactAccess, CustomerRole, NoLink, StaffRole
from kontor.notifications.v1.notifications_pb2_codes import IncomingReason, IncomingState, MailError, MailState
from kontor_service.formats import locale_of, size
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.vocabulary import say, state, word
from kontor_web import Link


def mail_name(label: str, document_type: str = "") -> str:
    """What notifications calls a kind of mail, with the type of document it is about: Dokument · Rechnung"""
    name = _(label) if label else ""
    return f"{name} · {word(DocumentType, document_type)}" if document_type else name


def mail_error(mail: Mapping[str, Any]) -> str:
    """Why a mail did not go out; what a mail server answered stays in its words."""
    params = dict(mail.get("error_params") or {})
    known = MailError.known(mail["error"])
    if known is None:
        return str(mail["error"])
    if "reason" in params:
        params["reason"] = say(params["reason"], params)
    sentence = say(known.word, params)
    return (
        " ".join([_("Given up after %(attempts)s attempts.", **params), sentence]) if "attempts" in params else sentence
    )


def incoming_reason(mail: Mapping[str, Any]) -> str:
    """Why staff have to decide about a mail that came in; empty where they do not."""
    known = IncomingReason.known(mail.get("reason") or "")
    params = dict(mail.get("reason_params") or {})
    if "reason" in params:
        params["reason"] = say(params["reason"], params)
    return say(known.word, params) if known else ""


def month_name(at: datetime) -> str:
    """November"""
    return format_datetime(at, "LLLL", locale=locale_of(reader().language))


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


def language_tabs(kind: str, language: str) -> list[Link]:
    names = {"de": "Deutsch", "en": "English"}
    return [Link(name, f"/mails/texte/{kind}/{code}", current=code == language) for code, name in names.items()]


# What templates may call.
GLOBALS: dict[str, Any] = {
    "role_name": partial(word, StaffRole),
    "customer_role": partial(word, CustomerRole),
    "mail_state": partial(state, MailState),
    "mail_error": mail_error,
    "incoming_state": partial(state, IncomingState),
    "incoming_reason": incoming_reason,
    "file_size": lambda count: size(count, reader().language),
    "access_state": partial(state, ContactAccess),
    "mail_name": mail_name,
    "link_reason": partial(word, NoLink),
    "month_name": month_name,
    "language_tabs": language_tabs,
    "actor_name": actor_name,
}
