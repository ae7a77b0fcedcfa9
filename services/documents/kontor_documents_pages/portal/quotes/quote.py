"""A quote as its customer decides about it. Pure: what the copy answered in, what the page shows out."""

from dataclasses import dataclass
from typing import Any

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, QuoteOutcome
from kontor_documents_pages.content import chosen_taxes
from kontor_documents_pages.portal.document_view import DocumentView
from kontor_documents_pages.portal.quotes.lines import Block, QuoteLine, blocks, quote_lines, reduction
from kontor_service.formats import day
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader

_OPEN = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """`net`, `tax` and `total` are of what is chosen, in minor units. `outcome` is empty while it can be decided."""

    view: DocumentView
    lines: list[QuoteLine]
    blocks: list[Block]
    net: int
    tax: int
    total: int
    outcome: str

    @property
    def may(self) -> dict[str, bool]:
        return self.view.may

    @property
    def version(self) -> int:
        return int(self.view.details["revision"])

    @property
    def decision(self) -> dict[str, Any]:
        """How it was decided; empty while it is open."""
        return self.view.details["decision"] or {}

    def asked_at(self, kind: str) -> str:
        """When the customer asked for more time (`extension`) or another quote (`new_offer`) that the merchant has not
        answered yet, as ISO 8601; empty where not."""
        request = self.view.details.get("request") or {}
        return str(request["at"]) if request.get("kind") == kind else ""

    @property
    def has_choices(self) -> bool:
        return any(line.leaves_choice for line in self.lines)

    @property
    def has_one_group(self) -> bool:
        return len(self.blocks) < 2

    @property
    def reductions(self) -> tuple[str, int] | None:
        """Discounts and charges on the whole: what they are called, and what they come to."""
        entries, amount = reduction(self.view.content or {}, self.lines, self.net)
        if not entries or not amount:
            return None
        names = [entry.get("reason") or (_("Charge") if entry.get("charge") else _("Discount")) for entry in entries]
        return ", ".join(dict.fromkeys(names)), amount

    @property
    def taxes(self) -> list[tuple[str, int]]:
        """VAT of what is chosen, one sum per rate in minor units; one sum of all where the quote does not say its rates."""
        told = chosen_taxes(self.view.details["selection"] or {}, self.view.currency)
        return told or ([(_("VAT"), self.tax)] if self.tax else [])

    @property
    def is_consumer(self) -> bool:
        """Who is not known to be a business has a consumer's rights (§ 312j BGB)."""
        if self.view.customer and self.view.customer.get("kind"):
            return bool(self.view.customer["kind"] == "consumer")
        buyer = (self.view.content or {}).get("buyer") or {}
        return not (buyer.get("vat_id") or buyer.get("legal_registration"))

    @property
    def asks_for_signature(self) -> bool:
        return AcceptanceMethod.SIGNATURE in self._acceptance

    @property
    def asked(self) -> int:
        """What is to be paid with the acceptance, in minor units: the whole, the deposit, or nothing."""
        if self.outcome == QuoteOutcome.PROMISED:
            return int(self.view.details["asked"]["minor_units"])
        return int((self.view.details["selection"] or {}).get("asked_minor", 0))

    @property
    def payment_failed(self) -> bool:
        """Whether what was on its way when the quote counted as accepted did not arrive. It stays accepted."""
        payment = self.view.payment
        return bool(
            self.outcome == QuoteOutcome.ACCEPTED and payment and payment["last_failure"] and self.view.open_minor
        )

    @property
    def asks_for_deposit(self) -> bool:
        return AcceptanceMethod.DEPOSIT in self._acceptance

    @property
    def button(self) -> str:
        return _("Order with obligation to pay") if self.is_consumer else _("Accept quote bindingly")

    @property
    def consents(self) -> list[dict[str, Any]]:
        """Those that are to be agreed to."""
        return [one for one in self.view.standing_documents if one["consent"]]

    @property
    def withdrawal_notice(self) -> dict[str, Any] | None:
        return next((one for one in self.view.standing_documents if one["kind"] == "withdrawal"), None)

    @property
    def confirmation(self) -> dict[str, Any] | None:
        """The entry of the order confirmation that follows from the acceptance, once the reader can open it."""
        wanted = self.decision.get("order_confirmation_id")
        return next((one for one in self.view.related if one["id"] == wanted), None)

    @property
    def evidence(self) -> dict[str, Any] | None:
        return next((file for file in self.view.files if file["role"] == "evidence"), None)

    @property
    def valid_until(self) -> str:
        until = self.view.entry["valid_until"]
        return day(until, reader().language) if until else ""

    @property
    def _acceptance(self) -> list[str]:
        return list(self.view.details["acceptance"] or ["signature"])


def quote_of(view: DocumentView) -> Quote:
    details, content = view.details, view.content or {}
    selection = details["selection"] or {}
    lines = quote_lines(content, selection) if content else []
    return Quote(
        view=view, lines=lines, blocks=blocks(lines, content), outcome=_outcome(view),
        net=selection.get("net_minor", details["net"]["minor_units"]),
        tax=selection.get("tax_minor", details["tax"]["minor_units"]),
        total=selection.get("gross_minor", view.entry["total"]["minor_units"]),
    )  # fmt: skip


def _outcome(view: DocumentView) -> str:
    """Also before the merchant's clock has told that a quote ran out."""
    outcome, until = view.entry["outcome"], view.entry["valid_until"]
    if not outcome and until and until < view.today.isoformat():
        return str(QuoteOutcome.EXPIRED)
    return outcome or _OPEN
