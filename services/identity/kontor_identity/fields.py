"""The kinds of input fields: each normalises what people type and says in a sentence what is wrong with it."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import stdnum.bic
import stdnum.eu.vat
import stdnum.iban
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator
from sqlmodel import SQLModel
from stdnum.exceptions import ValidationError

from kontor_service.formats import countries
from kontor_service.i18n import N_
from kontor_service.validation import one_line, plain, wrong

# Words that are paths of the platform next to the portals' slugs, or name its own cookies (__Host-kontor-<word>):
# a portal's session is kept in a cookie of that name.
RESERVED_SLUGS = frozenset({
    "admin", "admin-flash", "admin-seed", "api", "assets", "checkout", "einladung", "events", "favicon-ico",
    "gateway-flash", "gateway-seed", "health", "internal", "l", "language", "login", "logout", "metrics", "passwort",
    "robots-txt", "static", "vorschau", "webhooks", "well-known", "z",
})  # fmt: skip
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])")
_COLOR = re.compile(r"#[0-9a-f]{6}")
_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{2,38}")
_LONGEST_URL = 500


class Input(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def without_control_characters(cls, value: Any) -> Any:
        return plain(value) if isinstance(value, str) else value


def apply(row: SQLModel, given: dict[str, Any]) -> bool:
    """Takes over what was given; whether anything is different now."""
    different = {name: value for name, value in given.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def email_address(value: str) -> str:
    """The address in lower case: people type theirs in many ways and mean one mailbox. Raises ValueError."""
    try:
        # Reserved test domains are harmless, and development needs them.
        return validate_email(value, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise wrong("email", N_("This e-mail address is not valid. Example: name@example.com.")) from None


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise wrong(
            "slug",
            N_("An address in the portal has 2 to 40 characters a-z, 0-9 and hyphen, for example gartenbau-huber."),
        )
    if value in RESERVED_SLUGS:
        raise wrong("slug_reserved", N_("This address is taken."))
    return value


def _color(value: str) -> str:
    if not _COLOR.fullmatch(value.lower()):
        raise wrong("colour", N_("Please enter a colour, for example #0b5d4e."))
    return value.lower()


def _phone(value: str) -> str:
    if not _PHONE.fullmatch(value):
        raise wrong("phone", N_("A phone number has only digits, blanks and + ( ) / . -"))
    return value


def _iban(value: str) -> str:
    try:
        return str(stdnum.iban.validate(value))
    except ValidationError:
        raise wrong("iban", N_("This IBAN is not valid. Example: DE02 1203 0000 0000 2020 51.")) from None


def _bic(value: str) -> str:
    try:
        return str(stdnum.bic.validate(value))
    except ValidationError:
        raise wrong("bic", N_("This BIC is not valid. Example: BYLADEM1001.")) from None


def _vat_id(value: str) -> str:
    try:
        return str(stdnum.eu.vat.validate(value))
    except ValidationError:
        raise wrong("vat_id", N_("This is not a valid VAT ID of an EU member state. Example: DE136695976.")) from None


def _percent(value: str) -> str:
    if not _PERCENT.fullmatch(value) or not float(value):
        raise wrong("percent", N_("Please enter a percentage, for example 2 or 2.5."))
    return value


def _country(value: str) -> str:
    if value.upper() not in countries():
        raise wrong("country", N_("Please give the country as a code of two letters, for example DE."))
    return value.upper()


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise wrong("time_zone", N_("This time zone is not known. Example: Europe/Berlin."))
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname or len(value) > _LONGEST_URL:
        raise wrong("page_address", N_("The address of a page begins with https://"))
    return value


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(email_address)]
Slug = Annotated[str, AfterValidator(_slug)]
Color = Annotated[str, AfterValidator(_color)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Language = Literal["de", "en"]
Url = Annotated[str, AfterValidator(_url)]
# A name that must be there; a line that may be empty; a text of several lines.
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(one_line)]
Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(one_line)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(plain)]

Days = Annotated[int, Field(ge=0, le=365)]

# Optional kinds: the empty string says that there is none.
Nothing = Literal[""]
OptionalEmail = Nothing | Email
OptionalPhone = Nothing | Annotated[str, AfterValidator(_phone)]
Iban = Annotated[str, AfterValidator(_iban)]
OptionalIban = Nothing | Iban
OptionalPercent = Nothing | Annotated[str, AfterValidator(_percent)]
OptionalBic = Nothing | Annotated[str, AfterValidator(_bic)]
OptionalVatId = Nothing | Annotated[str, AfterValidator(_vat_id)]


class AddressInput(Input):
    """A postal address; BG-5 and BG-8 of EN 16931 name the parts."""

    line1: Line = ""
    line2: Line = ""
    post_code: Annotated[Line, StringConstraints(max_length=20)] = ""
    city: Line = ""
    country: Annotated[str, AfterValidator(_country)] = "DE"
