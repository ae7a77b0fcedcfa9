"""From bytes at the door to a document's data: pure, run in a thread."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.errors import UnknownFileType
from kontor_documents.einvoice.findings import Finding
from kontor_documents.einvoice.read import ReadResult, read_document, read_json
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.uploads import IMAGES
from kontor_documents.errors import DataConflict, DataMissing, Implausible, NothingSubmitted, TooManyLines, WrongTotals
from kontor_documents.quotes.options import complete_options
from kontor_documents.release.rules import Issue, finding
from kontor_service.errors import FieldError
from kontor_service.i18n import N_

# The state that carries them on the bus has room for so many.
MOST_ISSUES = 100
# Lines that a PDF is made of: a hundred pages, and half a gigabyte of memory while they are set.
_MOST_PRINTED = 2_000
# What a sender may say beside an e-invoice: how it is filed, not what it says.
_FILING = frozenset(
    {"type", "external_id", "customer_number", "title", "language", "valid_until", "references", "shipping"}
)


@dataclass(frozen=True)
class Parsed:
    """A document as handed in: its data with all totals, the supplied files, and what does not agree in it."""

    data: DocumentData
    issues: list[Issue]
    pdf: bytes | None
    xml: bytes | None
    attachments: dict[str, bytes]
    source_sha256: str

    @property
    def is_supplied(self) -> bool:
        """Otherwise there is only data, and Kontor makes the files."""
        return self.xml is not None or self.pdf is not None


def parse(file: bytes | None, beside: bytes | None) -> Parsed:
    """Raises the problems of einvoice/errors.py, DataMissing, DataConflict, Implausible, Invalid for fields out of range."""
    if file is None and beside is None:
        raise NothingSubmitted
    result = read_document(file, data_beside=beside is not None) if file is not None else None
    if result is not None and result.type in IMAGES:
        # Made into a document from the data beside it, the picture itself would be lost.
        raise UnknownFileType(N_("A picture is no document. Please hand it in as a PDF."), field="file")
    given = read_json(beside) if beside is not None else None
    data = complete(complete_options(_merged(result, given)))
    _refuse_ended(data)
    if len(data.lines) > _MOST_PRINTED and not (result and result.pdf):
        raise TooManyLines(
            N_(
                "A PDF is made of at most %(most)s lines. Please hand in a PDF with the invoice inside, or with its data."
            ),
            field="lines",
            most=_MOST_PRINTED,
        )
    return Parsed(
        data=data,
        issues=issues_of(data, result.findings if result else (), issued=result is None),
        pdf=result.pdf if result else None,
        xml=result.xml if result else None,
        attachments=result.files if result else {},
        source_sha256=_source_hash(file, beside),
    )


def _refuse_ended(data: DocumentData) -> None:
    """Raises Implausible where the last day comes before the first."""
    if data.valid_until and data.valid_until < data.issue_date:
        raise Implausible(N_("It cannot end before it is issued."), field="valid_until")


def refuse_wrong_totals(parsed: Parsed) -> None:
    """Raises WrongTotals naming every amount; for senders that are there to correct it."""
    wrong: list[FieldError] = [finding(issue) for issue in parsed.issues if issue["severity"] == "blocker"]
    if wrong:
        raise WrongTotals.of(wrong)


def external_id_of(parsed: Parsed) -> str:
    """The sender's key, else type and number, else the bytes themselves."""
    data = parsed.data
    if data.external_id:
        return data.external_id
    return f"{data.type}:{data.number}" if data.number else f"sha256:{parsed.source_sha256}"


def _merged(result: ReadResult | None, given: DocumentData | None) -> DocumentData:
    if result is None or result.data is None:
        if given is None:
            raise DataMissing(field="data")
        return given
    if given is None:
        return result.data
    conflicts = given.model_fields_set - _FILING
    # The data beside must name a date to be valid at all; it may only repeat the file's.
    # What the file leaves out (MINIMUM, ZUGFeRD 1.0 BASIC) may be said beside it.
    conflicts = {name for name in conflicts if getattr(result.data, name) not in (getattr(given, name), None, "", [])}
    if conflicts:
        first = sorted(conflicts)[0]
        raise DataConflict(N_("The file already says this."), field=f"data.{first}", first=first)
    return result.data.model_copy(update={name: getattr(given, name) for name in given.model_fields_set})


def issues_of(data: DocumentData, read: Sequence[Finding] = (), *, issued: bool) -> list[Issue]:
    """What was found when it was read and what does not agree, the gravest first: of a thousand lines rounded otherwise,
    the first hundred tell enough."""
    found = sorted((*read, *check(data, issued=issued)), key=lambda one: one.severity != "blocker")
    return [cast(Issue, asdict(one)) for one in found[:MOST_ISSUES]]


def _source_hash(file: bytes | None, beside: bytes | None) -> str:
    parts = [hashlib.sha256(part).hexdigest() if part is not None else "-" for part in (file, beside)]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
