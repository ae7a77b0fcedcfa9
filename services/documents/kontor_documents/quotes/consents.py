"""The standing documents that a customer agrees to with an acceptance, in the versions that went along with the quote. Pure."""

from kontor_documents.errors import ConsentMissing, ConsentUnknown
from kontor_documents.models import Document
from kontor_documents.quotes.inputs import AcceptanceInput
from kontor_documents.rendering.acceptance import ShownConsent
from kontor_documents.standing.on_documents import consents_needed, recorded


def consents_of(document: Document, asked: AcceptanceInput) -> list[ShownConsent]:
    """What was agreed to. Raises ConsentMissing and ConsentUnknown, at `consents`."""
    known = {one["id"]: one for one in recorded(document)}
    for id in asked.consents:
        if id not in known:
            raise ConsentUnknown(field="consents")
    for needed in consents_needed(document):
        if needed["id"] not in asked.consents:
            raise ConsentMissing(field="consents", title=needed["title"])
    agreed = [known[id] for id in dict.fromkeys(asked.consents)]
    return [
        ShownConsent(id=one["id"], title=one["title"], statement=one["sentence"], sha256=one["sha256"])
        for one in agreed
    ]
