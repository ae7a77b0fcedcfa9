"""Whether an invoice that Kontor is to issue obeys the official rules (C17)."""

import asyncio
from typing import Any

from kontor_documents.content.model import DocumentData, DocumentType
from kontor_documents.einvoice import safe_xml
from kontor_documents.einvoice.checks import Severity, check
from kontor_documents.einvoice.places import field_of
from kontor_documents.einvoice.validate import Report, Validator
from kontor_documents.einvoice.write import write_cii
from kontor_documents.errors import InvalidInvoice
from kontor_service.errors import FieldError

_EINVOICES = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_NOTE})
_MAX_ERRORS = 50


def is_einvoice(data: DocumentData) -> bool:
    """Types that EN 16931 speaks of."""
    return data.type in _EINVOICES


async def refuse_invalid(validator: Validator, data: DocumentData) -> dict[str, Any]:
    """The report of a valid invoice, to be kept with it. Raises InvalidInvoice naming rule and field of each fault."""
    _refuse([_own(issue) for issue in check(data) if issue.severity is Severity.ERROR])
    if not data.lines:
        # Without lines there is nothing to be written that the rules could be applied to.
        _refuse([{"field": "lines", "code": "BR-16", "message": "An invoice has at least one line (BG-25)"}])
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
    return {"field": issue.field, "code": issue.code, "message": issue.message_en}


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise InvalidInvoice(errors[0]["message"], field=errors[0]["field"], errors=errors[:_MAX_ERRORS])
