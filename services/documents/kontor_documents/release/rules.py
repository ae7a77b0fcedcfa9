"""What stands against sharing a document (A19). Pure: state in, findings out."""

from typing import Any, Literal, TypedDict
from unicodedata import normalize

from kontor.documents.v1.documents_pb2_codes import DocumentSource, DocumentType
from kontor.identity.v1 import identity_pb2
from kontor_documents.models import Document
from kontor_documents.visibility import is_for_others
from kontor_service.errors import FieldError, Problem
from kontor_service.i18n import N_
from kontor_service.vocabulary import say

# Which of a contact person's switches a type belongs to; all others go to who gets invoices.
# As notifications sends them: tests/contract holds both to the same answer.
_GETS = {
    **dict.fromkeys(
        ("quote", "order_confirmation", "sales_order", "delivery_note", "purchase_order", "contract"), "gets_quotes"
    ),
    "reminder": "gets_reminders",
}


class Issue(TypedDict, total=False):
    """As in kontor.documents.v1.Issue."""

    code: str
    message: str
    params: dict[str, str]
    field: str
    severity: Literal["blocker", "warning"]


# Codes that are found anew each time merchant, customer or files change; all others come from the document itself.
MOVABLE = frozenset(
    {
        "unmatched_customer",
        "no_email",
        "portal_off",
        "type_hidden",
        "role_hidden",
        "in_production",
        "not_made",
        "merchant_unknown",
        "foreign_seller",
        "unprintable",
    }
)


# Until it has been looked at for the first time, too.
IN_PRODUCTION: Issue = {"code": "in_production", "message": N_("Being prepared"), "severity": "blocker"}


def finding(issue: Any) -> FieldError:
    """What stands against a document, as one finding of a refusal."""
    return {
        "field": issue.get("field", ""), "code": issue["code"], "message": issue["message"], "params": issue.get("params", {}),
    }  # fmt: skip


def spoken(issue: Any) -> dict[str, Any]:
    """As other systems read it: the sentence in the present reader's language."""
    return {**issue, "message": say(issue["message"], issue.get("params", {}))}


def blocks(issue: Any) -> bool:
    return bool(issue["severity"] == "blocker")


def is_staffs_draft(document: Document) -> bool:
    """Whether only staff send it, also where the merchant releases automatically: a quote that is being written in Kontor."""
    return (
        document.state == "waiting" and document.type == DocumentType.QUOTE and document.source == DocumentSource.KONTOR
    )


def release_blockers(
    document: Document,
    *,
    has_pdf: bool,
    merchant: identity_pb2.Merchant | None,
    customer: identity_pb2.Customer | None,
    recipient: str = "",
    failed: Exception | None = None,
) -> list[Issue]:
    """Everything that blocks sharing and can be resolved. `recipient` is an address that staff chose for this share;
    `failed` is the error with which making the PDF has just failed."""
    found: list[Issue] = []
    if failed is not None:
        found.append(_not_made(failed))
    elif not has_pdf and not document.draft:
        found.append(IN_PRODUCTION)
    if merchant is None:
        found.append(_blocker("merchant_unknown", N_("Settings have not arrived yet")))
        return found
    found.extend(_about_portal(document.type, merchant))
    if not document.facts.get("seller_accepted") and (name := foreign_seller(document, merchant)):
        found.append(_blocker("foreign_seller", N_("The sender is %(name)s"), "seller.name", name=name))
    if document.rendered and not document.facts.get("characters_accepted"):
        found.extend(_unprintable(document.facts.get("unprintable", {})))
    if customer is None:
        found.append(_blocker("unmatched_customer", N_("Customer unknown"), "customer_number"))
        return found
    if is_for_others(document, customer):
        found.append(_blocker("role_hidden", N_("The customer's roles do not include this type"), "type"))
    if not recipient and not recipients(document.type, customer):
        found.append(_blocker("no_email", N_("No e-mail address"), "customer.email"))
    return found


def _unprintable(lost: dict[str, str]) -> list[Issue]:
    message = N_("The PDF cannot show these characters: %(characters)s")
    return [_blocker("unprintable", message, field, characters=text) for field, text in lost.items()]


def foreign_seller(document: Document, merchant: identity_pb2.Merchant) -> str:
    """The seller (BT-27) where neither its tax ids (BT-31, BT-32) nor its name are the merchant's; else nothing.

    The merchant's own name with another VAT ID is somebody else's; a name it trades under is its own with any.
    """
    seller = document.facts.get("seller") or {"name": "", "vat_id": "", "tax_number": ""}
    name, vat_id = _plain(seller["name"]), _plain(seller["vat_id"])
    own = {_plain(merchant.vat_id), _plain(merchant.tax_number)} - {""}
    if own & {vat_id, _plain(seller["tax_number"])} or name in map(_plain, merchant.trading_names.splitlines()):
        return ""
    if name not in ("", _plain(merchant.name)):
        return str(seller["name"])
    return (
        ", ".join(filter(None, (seller["name"], seller["vat_id"]))) if _other(vat_id, _plain(merchant.vat_id)) else ""
    )


def _other(vat_id: str, merchants: str) -> bool:
    """Whether both are known and differ, also where one leaves out its country."""
    return bool(vat_id and merchants) and not (vat_id.endswith(merchants) or merchants.endswith(vat_id))


def _plain(text: str) -> str:
    return "".join(sign for sign in normalize("NFKC", text).casefold() if sign.isalnum())


def _not_made(error: Exception) -> Issue:
    """The issue for a PDF that could not be made: a Problem's own message, or for other errors that it is tried again."""
    said = error if isinstance(error, Problem) else None
    params = {name: str(value) for name, value in said.params.items()} if said else {}
    message = said.message if said else N_("The PDF could not be made. It is tried again every minute.")
    return {"code": "not_made", "message": message, "params": params, "severity": "blocker"}


def recipients(type: str, customer: identity_pb2.Customer) -> list[str]:
    """Who gets mails about this type: the contact persons that were chosen for it, else the customer's own address."""
    wants = _GETS.get(type, "gets_invoices")
    chosen = [
        person.email
        for person in customer.contacts
        if getattr(person, wants)
        and person.email
        and person.access != "revoked"
        and type in (person.document_types or (type,))
    ]
    return chosen or ([customer.email] if customer.email else [])


def _about_portal(type: str, merchant: identity_pb2.Merchant) -> list[Issue]:
    visible = {entry.type for entry in merchant.document_types if entry.visible}
    if type not in visible:
        return [_blocker("type_hidden", N_("The portal does not show this type"), "type")]
    if not merchant.portal_enabled:
        return [{"code": "portal_off", "message": N_("The portal is switched off"), "severity": "warning"}]
    return []


def _blocker(code: str, message: str, field: str = "", **params: str) -> Issue:
    issue: Issue = {"code": code, "message": message, "severity": "blocker"}
    if field:
        issue["field"] = field
    if params:
        issue["params"] = dict(params)
    return issue
