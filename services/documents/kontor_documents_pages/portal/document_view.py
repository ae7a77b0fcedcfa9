"""One document as its page shows it: a pure function of what the copy answered."""

from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson

from kontor_documents_pages import content as content_view
from kontor_documents_pages.portal.may import may
from kontor_payments_pages.offers import ReceivableView, of_record


def can_download(merchant: dict[str, Any], document_type: str) -> bool:
    """Whether customers may print and download documents of this type: without it no file of theirs is there."""
    return bool(merchant["types"].get(document_type, {}).get("can_print", True))


@dataclass(frozen=True, slots=True)
class Offset:
    """`entry` is the invoice, as lists know it; `minor` what it was reduced by."""

    entry: dict[str, Any]
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView(ReceivableView):
    """What there is of money and, besides, `content`: lines and parties, or None until they are fetched."""

    content: dict[str, Any] | None
    customer: dict[str, Any] | None
    related: list[dict[str, Any]]
    # The customer's persons who may accept quotes: id, name, function.
    acceptors: list[dict[str, Any]]
    rows: list[content_view.Row] = field(default_factory=list)
    sums: list[content_view.Sum] = field(default_factory=list)

    @property
    def may(self) -> dict[str, bool]:
        """What the reader may do: accept, decline, comment, pay, and ask for more time or another quote."""
        allowed = may(self.entry, self.details, self.merchant, self.session, self.today)
        return allowed | {"pay": self.payable}

    @property
    def forward_to(self) -> list[dict[str, Any]]:
        """To whom the reader, who may not accept this quote, can forward it."""
        can_accept = self.merchant["types"].get(self.entry["type"], {}).get("can_accept")
        undecided = self.details["state"] == "shared" and self.entry["outcome"] is None
        runs = not (self.entry["valid_until"] and self.entry["valid_until"] < self.today.isoformat())
        asked = self.entry["type"] == "quote" and can_accept and undecided and runs and not self.may["accept"]
        return [one for one in self.acceptors if one["id"] != self.session["contact_id"]] if asked else []

    @property
    def printable(self) -> bool:
        return can_download(self.merchant, self.entry["type"])

    @property
    def files(self) -> list[dict[str, Any]]:
        """Those that the reader may open."""
        return self.details["files"] if self.printable else []

    @property
    def pdf(self) -> dict[str, Any] | None:
        return next((f for f in self.files if f["role"] == "pdf"), None)

    @property
    def attachments(self) -> list[dict[str, Any]]:
        return [f for f in self.files if f["role"] == "attachment"]

    @property
    def einvoice(self) -> dict[str, Any] | None:
        """For accounting software; it has passed the rules that its role names."""
        return next((f for f in self.files if f["role"] in ("xrechnung", "en16931")), None)

    @property
    def standing_documents(self) -> list[dict[str, Any]]:
        """Terms, notices, … that went along with the document, in the versions of that day."""
        return list(self.details["standing_documents"])

    @property
    def gives(self) -> bool:
        """A credit note, or an invoice of less than nothing."""
        due: int = self.entry["amount_due"]["minor_units"]
        return self.entry["type"] == "credit_note" or due < 0

    @property
    def other_payee(self) -> str:
        """Who is to be paid instead of the seller (BT-59); empty where it is the seller."""
        payee = (self.content or {}).get("payee") or {}
        return str(payee.get("name") or "")

    @property
    def offsets(self) -> list[Offset]:
        """The invoices that this credit note has reduced."""
        found = [(other, credit) for other in self.related for credit in (other["payment"] or {}).get("credits", ())]
        return [Offset(o, c["amount"]["minor_units"]) for o, c in found if c["document_id"] == self.entry["id"]]

    @property
    def reminded(self) -> list[dict[str, Any]]:
        """The invoices of a reminder of several, which are paid one by one or all at once."""
        ids = self.payment["repeats"] if self.payment else []
        return [other for other in self.related if other["id"] in ids and other["payment"]] if len(ids) > 1 else []

    @property
    def references(self) -> list[tuple[str, str, str | None]]:
        """Label, number, and the id of the document where it is one the reader can open."""
        by_number = {other["number"]: other["id"] for other in self.related}
        return [
            (content_view.reference_label(ref["kind"]), ref["number"], by_number.get(ref["number"]))
            for ref in self.details["references"]
        ]


def document_view(record: asyncpg.Record, standing: list[dict[str, Any]] | None = None) -> DocumentView:
    """`standing`: what goes along with it, where that is not yet on record."""
    content = orjson.loads(record["content"]) if record["content"] else None
    known = of_record(record)
    if standing is not None:
        known["details"]["standing_documents"] = standing
    return DocumentView(
        **known,
        content=content,
        customer=orjson.loads(record["customer"]) if record["customer"] else None,
        acceptors=orjson.loads(record["acceptors"] or "[]"),
        related=[orjson.loads(entry) for entry in record["related"] or ()],
        rows=content_view.rows(content) if content else [],
        sums=content_view.sums(content) if content else [],
    )
