"""What is kept of an acceptance: append-only, hashed, and with the signature in no other place."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor_documents.content.model import DocumentData, Line, TaxSubtotal, Totals
from kontor_documents.einvoice.totals import ZERO
from kontor_documents.models import AcceptanceEvidence, Document, DocumentFile
from kontor_documents.quotes.consents import consents_of
from kontor_documents.quotes.inputs import AcceptanceInput
from kontor_documents.quotes.rules import asks_for
from kontor_documents.rendering.acceptance import Evidence, EvidenceLine, EvidenceTax, serialized
from kontor_service.commands import fingerprint
from kontor_service.money import from_minor
from kontor_service.tokens import Principal

# Of a supplied PDF that says no amounts.
_NOTHING = Totals(line_net=ZERO, net=ZERO, gross=ZERO, due=ZERO)


async def last_evidence(session: AsyncSession, document: Document) -> AcceptanceEvidence | None:
    """The latest acceptance of this quote; several only where earlier ones were not paid for."""
    found: AcceptanceEvidence | None = await session.scalar(
        select(AcceptanceEvidence)
        .where(col(AcceptanceEvidence.document_id) == document.id)
        .order_by(col(AcceptanceEvidence.number).desc())
        .limit(1)
    )
    return found


def is_same(evidence: AcceptanceEvidence, asked: AcceptanceInput, principal: Principal) -> bool:
    """Whether this person has sent the same acceptance again."""
    return bool(evidence.record["asked_sha256"] == _asked_hash(asked, principal))


def evidence_of(row: AcceptanceEvidence) -> Evidence:
    """As it was kept, with its signature."""
    return Evidence.model_validate({**row.record["evidence"], "signature": row.signature})


async def store_evidence(
    session: AsyncSession, document: Document, files: list[DocumentFile], asked: AcceptanceInput, principal: Principal,
    chosen: DocumentData, *, at: datetime, time_zone: str, asked_minor: int,
) -> AcceptanceEvidence:  # fmt: skip
    """Adds the row for what was chosen. Raises ConsentMissing, ConsentUnknown."""
    last = await last_evidence(session, document)
    evidence = Evidence(
        **_quote(document, files, chosen), **_request(asked, principal), accepted_at=at.replace(microsecond=0), time_zone=time_zone,
        asked=from_minor(asked_minor, document.currency) if asked_minor else None,
        consents=consents_of(document, asked), signature=asked.signature,
    )  # fmt: skip
    row = AcceptanceEvidence(
        merchant_id=document.merchant_id, document_id=document.id, number=last.number + 1 if last else 1, at=at,
        record={
            "evidence": evidence.model_dump(mode="json", exclude={"signature"}), "actor": _actor(principal),
            "asked_sha256": _asked_hash(asked, principal), "shown": [text.model_dump() for text in asked.shown],
        },
        signature=asked.signature.model_dump(mode="json") if asked.signature else None,
        sha256=sha256(serialized(evidence)).hexdigest(),
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


def _quote(document: Document, files: list[DocumentFile], chosen: DocumentData) -> dict[str, Any]:
    totals = chosen.totals or _NOTHING
    details = [line for line in chosen.lines if line.kind == "detail"]
    return {
        "document_id": str(document.id), "number": document.number, "title": document.title,
        "revision": document.revision, "content_sha256": document.content_sha256,
        "pdf_sha256": next((file.sha256 for file in files if file.role == "pdf"), ""),
        "issued_on": document.issue_date, "customer_number": document.customer_number,
        "customer_name": document.buyer_name, "acceptance": asks_for(document), "currency": document.currency,
        "chosen": [_line(line) for line in details if line.counts],
        "left_out": [_line(line) for line in details if not line.counts],
        "net": totals.net, "tax": totals.tax, "taxes": [_tax(one) for one in chosen.tax_breakdown], "gross": totals.gross,
    }  # fmt: skip


def _request(asked: AcceptanceInput, principal: Principal) -> dict[str, Any]:
    """`shown` ends with the button: its words, and what stood directly above it."""
    button = asked.shown[-1] if asked.shown else None
    return {
        "name": asked.name, "function": asked.function, "access": principal.access or "unknown",
        "actor": principal.email or principal.name or principal.subject, **asked.request.model_dump(exclude={"language"}),
        "language": asked.request.language or "de", "button": button.title if button else "",
        "information": button.text.splitlines() if button else [],
    }  # fmt: skip


def _line(line: Line) -> EvidenceLine:
    return EvidenceLine(
        id=line.id, group=line.group, name=line.name, quantity=line.quantity, unit=line.unit, net=line.net
    )


def _tax(subtotal: TaxSubtotal) -> EvidenceTax:
    return EvidenceTax(rate=subtotal.rate or ZERO, taxable=subtotal.taxable_amount, tax=subtotal.tax_amount)


def _asked_hash(asked: AcceptanceInput, principal: Principal) -> str:
    return fingerprint(principal.subject, asked.asked())


def _actor(principal: Principal) -> dict[str, str]:
    """Who it was: a user, a contact person's log-in, or whoever had a link."""
    return {
        "subject": principal.subject, "kind": principal.kind, "name": principal.name,
        "session": str(principal.session_id or ""), "link_document_id": str(principal.document_id or ""),
    }  # fmt: skip
