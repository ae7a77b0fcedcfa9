"""What a caller sends to store a quote template."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod
from kontor_documents.content.model import AllowanceCharge, DecimalString, Line, Name, Part, Responsible, Text
from kontor_service.validation import Line as PlainLine

TemplateName = Annotated[PlainLine, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
# What a form has room for, and more.
_MOST_LINES = 1_000


class TemplateData(Part):
    """What of a quote's DocumentData is the same for each customer. Amounts of discounts are those of the template's own
    quantities; a quote that is written from it computes its own."""

    title: Name = ""
    language: Literal["de", "en"] = "de"
    introduction: Text = ""
    closing: Text = ""
    lines: list[Line] = Field(default=[], max_length=_MOST_LINES)
    allowances_charges: list[AllowanceCharge] = Field(default=[], max_length=100)
    acceptance: list[AcceptanceMethod] = Field(default=[], max_length=4)
    deposit_percent: DecimalString | None = Field(default=None, gt=Decimal(0), le=Decimal(100))
    responsible: Responsible | None = None


class TemplateInput(BaseModel):
    """`valid_days`: how long a quote from this template is valid, counted from its date."""

    name: TemplateName
    valid_days: int = Field(default=30, ge=1, le=3650)
    data: TemplateData


class RenameInput(BaseModel):
    name: TemplateName
