"""What Kontor issues: completed from merchant and customer, valid by the official rules (C17), before anything is locked."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1 import identity_pb2
from kontor_documents import copies, queries
from kontor_documents.content.model import DocumentData, serialize
from kontor_documents.dependencies import Dependencies
from kontor_documents.einvoice import safe_xml
from kontor_documents.einvoice.checks import Severity, check
from kontor_documents.einvoice.validate import Report, Validator
from kontor_documents.einvoice.write import write_cii
from kontor_documents.einvoice.xpath_to_field import field_of
from kontor_documents.errors import InvalidInvoice
from kontor_documents.intake.defaults import with_defaults
from kontor_documents.intake.parse import Parsed, external_id_of
from kontor_documents.numbering.service import PROVISIONAL, next_number
from kontor_service.errors import FieldError, Invalid
from kontor_service.i18n import N_

_EINVOICES = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_NOTE})
_MAX_ERRORS = 50


def is_einvoice(data: DocumentData) -> bool:
    """Types that EN 16931 speaks of."""
    return data.type in _EINVOICES


class Outdated(Exception):
    """Merchant, customer or document changed after this was prepared: it has to be prepared again."""


@dataclass(frozen=True)
class Waiting:
    """Kontor is to issue to a customer it does not know yet, and the data names no buyer; or the merchant is not known."""

    customer_number: str


@dataclass(frozen=True)
class Issue:
    """A document's data, complete and valid; only its number may be missing. And what it was prepared from."""

    data: DocumentData
    # The content that is stored already: under the number it will probably have.
    content_sha256: str = ""
    report_sha256: str | None = None
    merchant: identity_pb2.Merchant | None = None
    customer: identity_pb2.Customer | None = None


async def prepare(deps: Dependencies, merchant_id: UUID, parsed: Parsed) -> Issue | Waiting | Invalid:
    """Validated first, numbered last: no number is lost."""
    data = parsed.data
    if parsed.is_supplied:
        return Issue(data, await deps.files.put(serialize(data)))
    async with deps.db.transaction(merchant_id) as session:
        existing = await queries.by_external_id(session, external_id_of(parsed))
        if existing is not None and existing.source_sha256 == parsed.source_sha256:
            return Issue(data)
        merchant, customer = await _parties(session, merchant_id, data)
        number = data.number or (existing.number if existing else await next_number(session, data))
    if merchant is None:
        return Waiting("")
    if customer is None and not data.buyer.name and data.customer_number:
        return Waiting(data.customer_number)
    data = with_defaults(data, merchant, customer)
    report_sha256 = None
    if is_einvoice(data):
        try:
            tried = data if data.number else data.model_copy(update={"number": PROVISIONAL})
            report_sha256 = await deps.files.put(orjson.dumps(await refuse_invalid(deps.validator, tried)))
        except InvalidInvoice as problem:
            return problem
    content_sha256 = await deps.files.put(serialize(data.model_copy(update={"number": number})))
    return Issue(data, content_sha256, report_sha256, merchant, customer)


async def refuse_outdated(session: AsyncSession, merchant_id: UUID, parsed: Parsed, issue: Issue) -> None:
    """Raises Outdated where what Kontor is to issue would now be completed in another way."""
    if parsed.is_supplied:
        return
    if issue.merchant is None or await _parties(session, merchant_id, parsed.data) != (issue.merchant, issue.customer):
        raise Outdated


async def _parties(
    session: AsyncSession, merchant_id: UUID, data: DocumentData
) -> tuple[identity_pb2.Merchant | None, identity_pb2.Customer | None]:
    customer_id = await copies.customer_id_by_number(session, data.customer_number)
    return await copies.merchant(session, merchant_id), await copies.customer(session, customer_id)


async def refuse_invalid(validator: Validator, data: DocumentData) -> dict[str, Any]:
    """The report of a valid invoice, to be kept with it. Raises InvalidInvoice naming rule and field of each fault."""
    _refuse([_own(issue) for issue in check(data) if issue.severity is Severity.ERROR])
    if not data.lines:
        # Without lines there is nothing to be written that the rules could be applied to.
        _refuse([{"field": "lines", "code": "BR-16", "message": N_("An invoice has at least one line (BG-25).")}])
    xml = await asyncio.to_thread(write_cii, data)
    report = await validator.validate_async(xml)
    if not report.valid:
        _refuse(_found(report, safe_xml.parse(xml), data))
    return report.as_json()


def _found(report: Report, root: Any, data: DocumentData) -> list[FieldError]:
    """What is wrong, by the fields of the data: nobody outside has seen this XML."""
    return [
        {"field": field_of(finding, root, data), "code": finding.rule, "message": finding.message}
        for finding in report.findings
        if finding.severity == "error"
    ]


def _own(issue: Any) -> FieldError:
    return {"field": issue.field, "code": issue.code, "message": issue.message, "params": issue.params}


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidInvoice.of(errors[:_MAX_ERRORS])
