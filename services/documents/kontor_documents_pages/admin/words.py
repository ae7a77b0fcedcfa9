"""Names for what staff see of documents, in their language."""

from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentSource, DocumentState, DocumentType, HistoryFact
from kontor_documents_pages.units import unit
from kontor_service.i18n import N_
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
_ISSUES = {
    "unmatched_customer": N_("Customer unknown"),
    "no_email": N_("No e-mail address"),
    "portal_off": N_("The portal is switched off"),
    "type_hidden": N_("The portal does not show this type"),
    "in_production": N_("The PDF is being made"),
    "merchant_unknown": N_("Settings have not arrived yet"),
    "duplicate_number": N_("The number is taken"),
}


def issue(code: str, message: str) -> str:
    """What stands against a document: in words where the code has some, else what the checker said."""
    return _(_ISSUES[code]) if code in _ISSUES else f"{message} ({code})" if code.startswith("BR") else message


def release_group(code: str) -> tuple[str, str]:
    """How far a waiting document is: its colour and its name."""
    kind, name = _GROUPS[code]
    return kind, _(name)


def tabs(here: str, as_pdf: bool) -> list[Link]:
    return [Link(_("Overview"), here, current=not as_pdf), Link("PDF", f"{here}?ansicht=pdf", current=as_pdf)]


# What templates may call.
GLOBALS: dict[str, Any] = {
    "document_source": partial(word, DocumentSource),
    "document_state": partial(state, DocumentState),
    "release_group": release_group,
    "history_fact": partial(word, HistoryFact),
    "invoice_unit": unit,
    "tabs": tabs,
    "issue_words": issue,
    "document_type": partial(word, DocumentType),
    "document_types": partial(plural, DocumentType),
    "DOCUMENT_TYPES": tuple(DocumentType),
}
