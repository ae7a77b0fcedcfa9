"""What Kontor issues: completed from merchant and customer, valid by the official rules (C17), before anything is locked."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1 import identity_pb2
from kontor_documents import copies, history, queries
from kontor_documents.content.model import DocumentData, serialize
from kontor_documents.dependencies import Dependencies
from kontor_documents.einvoice import safe_xml
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.findings import Finding
from kontor_documents.einvoice.rule_sentences import CODES, GENERAL, sentence
from kontor_documents.einvoice.validate import Finding as OfficialFinding
from kontor_documents.einvoice.validate import Report, Validator
from kontor_documents.einvoice.write import write_cii
from kontor_documents.einvoice.xpath_to_field import field_of
from kontor_documents.errors import Implausible, InvalidInvoice, NumberGiven
from kontor_documents.intake.defaults import with_defaults, with_merchant_settings
from kontor_documents.intake.issued import check_issued
from kontor_documents.intake.parse import Parsed, external_id_of, issues_of
from kontor_documents.intake.projection import columns, facts_again
from kontor_documents.intake.responsible import UnknownResponsible, with_responsible
from kontor_documents.models import Document
from kontor_documents.numbering import PROVISIONAL, next_number, take_number
from kontor_documents.quotes.selection import selection_state
from kontor_documents.release.rules import finding
from kontor_service.errors import FieldError, Invalid, Problem
from kontor_service.formats import zone_of
from kontor_service.i18n import N_

# What is done with a document in the transaction that holds its lock.
Step = Callable[[AsyncSession, Document], Awaitable[None]]

_EINVOICES = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_NOTE})
_MAX_ERRORS = 50
_UNIT = re.compile(r"lines\[(\d+)\]\.unit")


def is_einvoice(data: DocumentData) -> bool:
    """Types that EN 16931 speaks of."""
    return data.type in _EINVOICES


class Outdated(Exception):
    """Merchant, customer or document changed after this was prepared: it has to be prepared again."""


@dataclass(frozen=True)
class Issue:
    """A document's data, complete and valid; only its number may be missing. And what it was prepared from."""

    data: DocumentData
    # The content that is stored already: under the number it will probably have.
    content_sha256: str = ""
    report_sha256: str | None = None
    merchant: identity_pb2.Merchant | None = None
    customer: identity_pb2.Customer | None = None
    findings: Sequence[Finding] = ()
    # Kontor does not know the merchant or, where the data names no buyer, the customer: it is issued when they come.
    draft: bool = False


async def prepare(deps: Dependencies, merchant_id: UUID, parsed: Parsed) -> Issue | Problem:
    """Validated first, numbered last: no number is lost."""
    data = parsed.data
    if data.responsible:
        try:
            async with deps.db.transaction(merchant_id) as session:
                data = await with_responsible(session, data)
        except UnknownResponsible as problem:
            return problem
    if parsed.is_supplied:
        async with deps.db.transaction(merchant_id) as session:
            data = with_merchant_settings(data, await copies.merchant(session, merchant_id))
        return Issue(data, await deps.files.put(serialize(data)))
    async with deps.db.transaction(merchant_id) as session:
        existing = await queries.by_external_id(session, external_id_of(parsed))
    if existing is not None and existing.source_sha256 == parsed.source_sha256:
        return Issue(data)
    return await _complete(deps, merchant_id, data, existing)


async def _complete(
    deps: Dependencies, merchant_id: UUID, data: DocumentData, existing: Document | None
) -> Issue | Problem:
    async with deps.db.transaction(merchant_id) as session:
        merchant, customer = await _parties(session, merchant_id, data)
        number = data.number or (existing.number if existing else "") or await next_number(session, data)
    draft = merchant is None or (customer is None and not data.buyer.name and bool(data.customer_number))
    report_sha256, findings = None, list[Finding]()
    if not draft:
        today = deps.clock.now().astimezone(zone_of(merchant.time_zone if merchant else "UTC")).date()
        data = with_defaults(data, merchant, customer, today)
        findings = check_issued(data, today)
        try:
            _refuse([finding(asdict(found)) for found in findings if found.severity == "blocker"], Implausible)
            if is_einvoice(data):
                tried = data if data.number else data.model_copy(update={"number": PROVISIONAL})
                report_sha256 = await deps.files.put(orjson.dumps(await refuse_invalid(deps.validator, tried)))
        except (Implausible, InvalidInvoice) as problem:
            return problem
    content_sha256 = await deps.files.put(serialize(data if draft else data.model_copy(update={"number": number})))
    return Issue(data, content_sha256, report_sha256, merchant, customer, findings, draft)


async def prepare_draft(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> Step | None:
    """The step that issues a draft while it is locked; None if it is no draft, or its merchant or customer is still unknown."""
    async with deps.db.transaction(merchant_id) as session:
        seen = await queries.found(session, document_id)
    if not seen.draft or seen.state != "waiting":
        return None
    said = await queries.content_of(deps, seen)
    data = said.model_copy(update={"customer_number": seen.customer_number, "number": seen.number})
    issue = await _complete(deps, merchant_id, data, seen)
    return None if isinstance(issue, Issue) and issue.draft else partial(_issue_draft, deps, seen, data, issue)


async def _issue_draft(
    deps: Dependencies, seen: Document, data: DocumentData, issue: Issue | Problem,
    session: AsyncSession, document: Document,
) -> None:  # fmt: skip
    """What the rules find blocks the release. Whoever changed document, merchant or customer meanwhile has noted it again."""
    if document.version != seen.version or document.state != "waiting":
        return
    if isinstance(issue, Problem):
        refused = [{**found, "severity": "blocker"} for found in issue.errors]
        document.issues = [*map(dict, issues_of(data, issued=True)), *refused]
        return
    if await _parties(session, document.merchant_id, data) != (issue.merchant, issue.customer):
        return
    number = await number_for(session, document.merchant_id, issue.data, document, draft=False)
    data = issue.data.model_copy(update={"number": number})
    values = columns(data) | {
        "facts": facts_again(document, data), "selection": selection_state(data, document.revision),
        "content_sha256": await content_stored(deps, data, issue),
        "report_sha256": issue.report_sha256, "issues": issues_of(data, issue.findings, issued=True), "draft": False,
    }  # fmt: skip
    for name, value in values.items():
        setattr(document, name, value)
    await history.append(session, document, "issued", at=deps.clock.now(), actor="Kontor")


async def content_stored(deps: Dependencies, data: DocumentData, issue: Issue) -> str:
    """The content's SHA-256. With something locked, storage is spoken to only where the number is another than foreseen."""
    content = serialize(data)
    content_sha256 = sha256(content).hexdigest()
    if content_sha256 != issue.content_sha256:
        await deps.files.put(content)
    return content_sha256


async def number_for(
    session: AsyncSession, merchant_id: UUID, data: DocumentData, existing: Document | None, *, draft: bool
) -> str:
    """The number that the document has already, or the next; none for a draft.

    Raises NumberGiven where what it would need is another.
    """
    if existing is None or not existing.number:
        return "" if draft else await take_number(session, merchant_id, data)
    if (existing.type, existing.issue_date.year) != (str(data.type), data.issue_date.year):
        raise NumberGiven(
            N_("The document has the number %(number)s already: type and year stay, or it is cancelled."),
            field="type" if existing.type != str(data.type) else "issue_date",
            number=existing.number,
        )
    return existing.number


async def refuse_outdated(session: AsyncSession, merchant_id: UUID, parsed: Parsed, issue: Issue) -> None:
    """Raises Outdated where what Kontor is to issue would now be completed in another way."""
    if parsed.is_supplied:
        return
    known = await _parties(session, merchant_id, parsed.data)
    if not issue.content_sha256 or known != (issue.merchant, issue.customer):
        raise Outdated


async def _parties(
    session: AsyncSession, merchant_id: UUID, data: DocumentData
) -> tuple[identity_pb2.Merchant | None, identity_pb2.Customer | None]:
    customer_id = await copies.customer_id_by_number(session, data.customer_number)
    return await copies.merchant(session, merchant_id), await copies.customer(session, customer_id)


async def refuse_invalid(validator: Validator, data: DocumentData) -> dict[str, Any]:
    """The report of a valid invoice, to be kept with it. Raises InvalidInvoice naming rule and field of each fault."""
    _refuse([finding(asdict(found)) for found in check(data, issued=True) if found.severity == "blocker"])
    if not data.lines:
        # Without lines there is nothing to be written that the rules could be applied to.
        _refuse([{"field": "lines", "code": "BR-16", "message": N_("An invoice has at least one line (BG-25).")}])
    _refuse(
        [
            {
                "field": f"lines[{index}].name",
                "code": "BR-25",
                "message": N_("Each line needs a name of what was supplied."),
            }
            for index, line in enumerate(data.lines)
            if not line.name
        ]
    )
    if not data.buyer.name:
        _refuse([{"field": "customer_number", "code": "BR-07", "message": _NO_BUYER}])
    xml = await asyncio.to_thread(write_cii, data)
    report = await validator.validate_async(xml)
    if not report.valid:
        _refuse(_found(report, safe_xml.parse(xml), data))
    return report.as_json()


_NO_BUYER = N_("An invoice names its customer: by customer_number, or as buyer with name and address.")
_NO_UNIT = N_(
    '"%(unit)s" is no unit code of UN/ECE Recommendation 20. Usual are H87 or C62 (pieces), HUR (hours), DAY (days), KGM (kg), '
    "MTR (m), LTR (l) and LS (lump sum)."
)


# What is usual where a code is in none of the lists, by the end of the field.
_USUAL = {
    "country": N_("A country is its code of two letters, for example DE."),
    "country_of_origin": N_("A country is its code of two letters, for example DE."),
    "type_code": N_("This type of invoice is unknown (UNTDID 1001). Usual are 380, 381, 384, 326, 386 and 389."),
    "category": N_("The categories of VAT are S, Z, E, AE, K, G, O, L and M."),
    "].code": N_(
        "This means of payment is unknown (UNTDID 4461). Usual are 58 and 30 (transfer), 59 (direct debit), 48 (card)."
    ),
}


def _found(report: Report, root: Any, data: DocumentData) -> list[FieldError]:
    """What is wrong, by the fields of the data: nobody outside has seen this XML. Each once, and what several rules say of
    a field only as the most precise says it."""
    errors = [
        _error(found, field_of(found, root, data), data) for found in report.findings if found.severity == "error"
    ]
    precise = {error["field"] for error in errors if error["message"] not in GENERAL}
    told = {
        (error["field"], error["message"]): error
        for error in reversed(errors)
        if error["message"] not in GENERAL or error["field"] not in precise
    }
    return list(reversed(told.values()))


def _error(found: OfficialFinding, field: str, data: DocumentData) -> FieldError:
    """The official finding as an error of the data's field, in a sentence for people."""
    message, params = sentence(found.rule, found.message)
    if unit := _UNIT.fullmatch(field):
        message, params = _NO_UNIT, params | {"unit": data.lines[int(unit[1])].unit}
    elif message in CODES:
        message = next((usual for field_name, usual in _USUAL.items() if field.endswith(field_name)), message)
    return {"field": field, "code": found.rule, "message": message, "params": params}


def _refuse(errors: list[FieldError], problem: type[Invalid] = InvalidInvoice) -> None:
    if errors:
        raise problem.of(errors[:_MAX_ERRORS])
