"""What may be said about customers and contact persons. The same JSON comes over HTTP and over the bus."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from kontor_identity.fields import (
    AddressInput,
    Input,
    Language,
    Line,
    Name,
    OptionalEmail,
    OptionalPhone,
    OptionalVatId,
)
from kontor_identity.merchants.document_types import DOCUMENT_TYPES, DocumentType
from kontor_service.i18n import N_
from kontor_service.validation import wrong

MOST_CONTACTS = 50

Number = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^\S([^\r\n\t]*\S)?$")]
Kind = Literal["business", "consumer"]
PortalAccess = Literal["default", "on", "off"]
# The types that a contact person sees, each once; none: all.
DocumentTypes = Annotated[
    list[DocumentType], AfterValidator(lambda types: sorted(set(types), key=DOCUMENT_TYPES.index))
]
Role = Literal["customer", "supplier", "partner"]
_ROLES: tuple[Role, ...] = get_args(Role)
Roles = Annotated[
    list[Role], Field(min_length=1, max_length=20), AfterValidator(lambda roles: sorted(set(roles), key=_ROLES.index))
]
MailMode = Literal["default", "link", "link_and_files"]


class ContactInput(Input):
    """A new contact person."""

    name: Name
    function: Line = ""
    email: OptionalEmail = ""
    phone: OptionalPhone = ""
    language: Language | None = None
    gets_quotes: bool = True
    gets_invoices: bool = True
    gets_reminders: bool = True
    may_accept: bool = True
    document_types: DocumentTypes = Field(default_factory=list)


class ContactChange(Input):
    """What is left out stays as it is."""

    name: Name | None = None
    function: Line | None = None
    email: OptionalEmail | None = None
    phone: OptionalPhone | None = None
    language: Language | None = None
    gets_quotes: bool | None = None
    gets_invoices: bool | None = None
    gets_reminders: bool | None = None
    may_accept: bool | None = None
    document_types: DocumentTypes | None = None


class CustomerChange(Input):
    """What is left out stays as it is."""

    number: Number | None = None
    name: Name | None = None
    kind: Kind | None = None
    address: AddressInput | None = None
    email: OptionalEmail | None = None
    phone: OptionalPhone | None = None
    vat_id: OptionalVatId | None = None
    language: Language | None = None
    roles: Roles | None = None
    portal_access: PortalAccess | None = None
    mail_mode: MailMode | None = None


class CustomerUpsert(CustomerChange):
    """A customer as another system knows it. `contacts` are matched by their e-mail address; others stay."""

    contacts: Annotated[list[ContactInput], Field(default_factory=list, max_length=MOST_CONTACTS)]

    @field_validator("contacts")
    @classmethod
    def each_address_once(cls, value: list[ContactInput]) -> list[ContactInput]:
        if any(not contact.email for contact in value):
            raise wrong("email_missing", N_("Each contact person needs an e-mail address, by which it is recognised."))
        if len({contact.email for contact in value}) < len(value):
            raise wrong("email_twice", N_("An e-mail address is named twice."))
        return value


class CustomerNew(CustomerUpsert):
    number: Number
    name: Name
