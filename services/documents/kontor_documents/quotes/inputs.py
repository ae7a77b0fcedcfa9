"""What customers and staff send about a quote."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from kontor_documents.content.model import Day
from kontor_documents.quotes.selection import SelectionInput
from kontor_documents.quotes.signature import Signature
from kontor_service.i18n import N_
from kontor_service.validation import Line, Text, wrong

Name = Annotated[Line, Field(max_length=200)]


def _with_a_letter(value: str) -> str:
    name = value.strip()
    if not any(map(str.isalpha, name)):
        raise wrong("name_missing", N_("Please write your name."))
    return name


# Whoever is bound by it: blanks and invisible characters are no name.
PersonName = Annotated[Name, AfterValidator(_with_a_letter)]
# What a portal keeps of a standing document's version, or of another text that was to be agreed to.
ConsentId = Annotated[Line, Field(max_length=100)]


class RequestOrigin(BaseModel):
    """Where a customer's command came from, as the edge saw it. Kept in the evidence only."""

    ip: Annotated[Line, Field(max_length=64)] = ""
    user_agent: Annotated[Line, Field(max_length=1_000)] = ""
    language: Annotated[Line, Field(max_length=10)] = ""


class ShownText(BaseModel):
    """A text that stood on the page next to the button, as it was shown."""

    title: Name = ""
    text: Text = Field(max_length=50_000)


class AcceptanceInput(BaseModel):
    """`version` is the revision on screen. `selection` left out: what was saved."""

    version: int = Field(ge=1)
    selection: SelectionInput | None = None
    name: PersonName
    function: Name = ""
    signature: Signature | None = None
    consents: list[ConsentId] = Field(default=[], max_length=20)
    shown: list[ShownText] = Field(default=[], max_length=20)
    request: RequestOrigin = RequestOrigin()

    def asked(self) -> dict[str, Any]:
        """What makes it the same acceptance when it is sent again."""
        return self.model_dump(mode="json", exclude={"request", "shown"})


class DeclineInput(BaseModel):
    """`reason` is one of the merchant's, or empty. Without `version` the present one is meant."""

    reason: Name = ""
    text: Text = Field(default="", max_length=2_000)
    version: int | None = Field(default=None, ge=1)
    name: Name = ""
    request: RequestOrigin = RequestOrigin()


class ExtendInput(BaseModel):
    valid_until: Day


class RequestInput(BaseModel):
    """What a customer says when asking for more time or another offer."""

    text: Text = Field(default="", max_length=2_000)
