"""Names for what staff see of documents, in their language."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2_codes import (
    DocumentSource,
    DocumentState,
    DocumentType,
    StandingDocumentKind,
)
from kontor_documents_pages.content import document_name, unit_price
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import plural, say, state, word
from kontor_web import Link

_GROUPS = {
    "ready": ("paid", N_("ready")),
    "making": ("way", N_("being made")),
    "no_email": ("open", N_("no e-mail")),
    "unmatched": ("late", N_("not assigned")),
    "invalid": ("late", N_("to be checked")),
    "draft": ("idle", N_("draft")),
}


def issue_words(issue: Mapping[str, Any]) -> str:
    """What stands against a document; rules of EN 16931 with their number."""
    told = say(issue["message_id"] or issue["message"], issue["params"])
    return f"{told} ({issue['code']})" if issue["code"].startswith("BR") else told


def release_group(code: str) -> tuple[str, str]:
    """How far a waiting document is: its colour and its name."""
    kind, name = _GROUPS[code]
    return kind, _(name)


def tabs(here: str, as_pdf: bool) -> list[Link]:
    return [Link(_("Overview"), here, current=not as_pdf), Link("PDF", f"{here}?ansicht=pdf", current=as_pdf)]


# What templates may call.
GLOBALS: dict[str, Any] = {
    "standing_kind": partial(word, StandingDocumentKind),
    "document_source": partial(word, DocumentSource),
    "document_state": partial(state, DocumentState),
    "release_group": release_group,
    "unit_price": unit_price,
    "tabs": tabs,
    "issue_words": issue_words,
    "document_name": document_name,
    "document_type": partial(word, DocumentType),
    "document_types": partial(plural, DocumentType),
    "DOCUMENT_TYPES": tuple(DocumentType),
}
