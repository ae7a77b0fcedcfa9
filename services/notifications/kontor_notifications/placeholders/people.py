"""Placeholders that every mail knows: who writes, who is written to. And the links that several kinds have."""

from kontor.identity.v1.identity_pb2 import Address, Merchant
from kontor_notifications.placeholders import LINK, Placeholder, fields_of, word
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Button, Value
from kontor_service.formats import moment
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

PORTAL_URL = ("kundenportal_url", "portal_url")
# How orgaMAX writes it: <SHAREHUBLINK>.
SHAREHUB_LINK = "SHAREHUBLINK"
_client = fields_of("Client", "Customer", "Kunde")
_contact = fields_of("Contact", "Ansprechpartner")
_company = fields_of("Company", "Merchant", "Firma")


def address_line(address: Address) -> str:
    place = f"{address.post_code} {address.city}".strip()
    return ", ".join(part for part in (address.line1, address.line2, place) if part)


def footer(merchant: Merchant) -> list[str]:
    """Who writes, with what a business letter has to say (§ 35a GmbHG, § 37a HGB), and how to answer."""
    numbers = [merchant.register_entry, _("VAT ID %(id)s", id=merchant.vat_id) if merchant.vat_id else ""]
    reach = [merchant.contact_phone, merchant.contact_email]
    lines = [
        " · ".join(part for part in (merchant.name, address_line(merchant.address)) if part),
        " · ".join(part for part in reach if part),
        " · ".join(part for part in numbers if part),
        merchant.legal_form_note,
    ]
    return [line for line in lines if line]


def _greeting(facts: Facts) -> str:
    return " ".join(part for part in (_("Hello"), facts.name) if part)


def _customer_link(facts: Facts) -> Value:
    return Button(facts.secrets.customer, _("Open the customer portal")) if facts.secrets.customer else ""


def _valid_until(facts: Facts) -> str:
    return moment(facts.expires_at, facts.language, facts.zone)


def link(label: str) -> Placeholder:
    """[Link] of a mail with a link of its own; the label is what its button says."""

    def button(facts: Facts) -> Value:
        return Button(facts.secrets.link, _(label)) if facts.secrets.link else ""

    return word("Link", N_("The mail's link"), button, "Link", SHAREHUB_LINK, form=LINK)


PEOPLE = (
    word("Greeting", N_("“Hello”, with the contact's name where it is known"), _greeting, "Anrede"),
    _client("name", N_("The customer's name"), lambda f: f.customer.name),
    _client("number", N_("The customer's number"), lambda f: f.customer.number, "nummer"),
    _contact("name", N_("The contact person's name, else the customer's"), lambda f: f.name or f.customer.name),
    _contact("email", N_("The address the mail goes to"), lambda f: f.recipient, "e-mail"),
    _company("name", N_("Your name"), lambda f: f.merchant.name),
    _company("email", N_("Your contact address"), lambda f: f.merchant.contact_email, "e-mail"),
    _company("phone", N_("Your telephone number"), lambda f: f.merchant.contact_phone, "telefon"),
    _company(
        "address",
        N_("Your postal address in one line"),
        lambda f: address_line(f.merchant.address),
        "anschrift",
        "adresse",
    ),
)
CUSTOMER_LINK = _client(
    "customerportal_url", N_("Link to all documents of the customer"), _customer_link, *PORTAL_URL, form=LINK
)
VALID_UNTIL = fields_of("Link")(
    "valid_until", N_("Until when link or code hold"), _valid_until, "gültig_bis", "gueltig_bis"
)
