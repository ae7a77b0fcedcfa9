"""What may be said about a merchant."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from kontor_identity.fields import (
    AddressInput,
    Color,
    Days,
    Email,
    Iban,
    Input,
    Language,
    Line,
    Name,
    OptionalBic,
    OptionalEmail,
    OptionalIban,
    OptionalPercent,
    OptionalPhone,
    OptionalVatId,
    Slug,
    Text,
    TimeZone,
    Url,
)  # fmt: skip
from kontor_identity.merchants.document_types import (
    ACCEPTANCE_METHODS,
    DOCUMENT_TYPES,
    STATES,
    AcceptanceMethod,
    DocumentType,
)
from kontor_service.i18n import N_
from kontor_service.validation import wrong


class DocumentTypeChange(Input):
    """What is left out stays as it is."""

    type: DocumentType
    visible: bool | None = None
    can_print: bool | None = None
    can_comment: bool | None = None
    can_accept: bool | None = None
    can_pay: bool | None = None
    visible_from: str | None = None
    acceptance: list[AcceptanceMethod] | None = None
    deposit_percent: OptionalPercent | None = None
    attach_standing: bool | None = None

    @model_validator(mode="after")
    def states_of_the_type(self) -> Self:
        if self.visible_from is not None and self.visible_from not in STATES.get(self.type, ("shared",)):
            raise wrong("visible_from", N_("Documents of this type have no such state."))
        return self

    @field_validator("acceptance")
    @classmethod
    def money_once(cls, value: list[AcceptanceMethod] | None) -> list[AcceptanceMethod] | None:
        if value is not None and {"payment", "deposit"} <= set(value):
            raise wrong("payment_and_deposit", N_("Ask for the whole payment or for a deposit, not for both."))
        return value and sorted(set(value), key=ACCEPTANCE_METHODS.index)


# A reason for declining a quote, as customers read it.
Reason = Annotated[Name, StringConstraints(max_length=100)]

# Of whoever asks, where their log-in is not fresh.
OwnPassword = Annotated[str | None, Field(max_length=1000)]


class FooterLinkInput(Input):
    label: Name
    url: Url


class MerchantChange(Input):
    """New settings; what is left out stays as it is. `document_types` names single types, `footer_links` all links."""

    name: Name | None = None
    slug: Slug | None = None
    logo_shown: bool | None = None
    accent_color: Color | None = None
    contact_email: OptionalEmail | None = None
    contact_phone: OptionalPhone | None = None
    portal_enabled: bool | None = None
    document_types: Annotated[list[DocumentTypeChange], Field(max_length=len(DOCUMENT_TYPES))] | None = None
    automatic_release: bool | None = None
    mail_attaches_files: bool | None = None
    portal_access_default: bool | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    address: AddressInput | None = None
    vat_id: OptionalVatId | None = None
    tax_number: Line | None = None
    register_entry: Line | None = None
    iban: OptionalIban | None = None
    bic: OptionalBic | None = None
    account_holder: Line | None = None
    further_ibans: Annotated[list[Iban], Field(max_length=20)] | None = None
    mail_from_name: Line | None = None
    mail_reply_to: OptionalEmail | None = None
    password_reset_enabled: bool | None = None
    payments_enabled: bool | None = None
    legal_form_note: Text | None = None
    trading_names: Text | None = None
    payment_days: Days | None = None
    discount_days: Days | None = None
    discount_percent: OptionalPercent | None = None
    decline_reasons: Annotated[list[Reason], Field(max_length=20)] | None = None
    expiry_reminder_days: Days | None = None
    document_view: Literal["data", "pdf"] | None = None
    texts_reviewed_on: date | None = None
    receipt_cashier: Literal["name", "reference"] | None = None
    footer_links: Annotated[list[FooterLinkInput], Field(max_length=10)] | None = None
    own_password: OwnPassword = None

    @field_validator("document_types")
    @classmethod
    def each_type_once(cls, value: list[DocumentTypeChange] | None) -> list[DocumentTypeChange] | None:
        if value is not None and len({settings.type for settings in value}) < len(value):
            raise wrong("type_twice", N_("A document type is named twice."))
        return value


class OwnerInput(Input):
    name: Name
    email: Email
    # Without one the owner gets a mail to choose it.
    password: str | None = None


class Registration(Input):
    """A new merchant and its first owner."""

    name: Name
    slug: Slug
    owner: OwnerInput
    language: Language = "de"
    settings: MerchantChange = MerchantChange()
