"""Additional documents in a mail: terms, notices, … that go along with what is shared, as links or as files."""

from collections.abc import Iterator

from kontor.documents.v1.documents_pb2 import Document, StandingDocumentVersion
from kontor_notifications.placeholders import BLOCK, word
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Entries, Entry
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

NAME = "AdditionalDocuments"


def given(documents: list[Document]) -> Iterator[tuple[Document, StandingDocumentVersion]]:
    """Each version once, with the first of the documents that it goes along with."""
    known = set()
    for document in documents:
        for version in document.standing_documents:
            if version.id not in known:
                known.add(version.id)
                yield document, version


def _entries(facts: Facts) -> Entries | str:
    """A document's link opens what went along with it, too."""
    found = []
    for document, version in given([one.state for one in facts.documents]):
        link = facts.secrets.documents.get(document.id, "")
        url = f"{link}?zusatz={version.id}" if link else ""
        found.append(Entry(version.title, _("Additional document"), url=url))
    return Entries(tuple(found)) if found else ""


ADDITIONAL_DOCUMENTS = word(
    NAME,
    N_("List of terms, withdrawal notice and other additional documents, each with its link"),
    _entries,
    "ZusätzlicheDokumente",
    "Zusatzdokumente",
    form=BLOCK,
)
