"""What may be said about a reading by people."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kontor_meters.inputs import Day, Moment, Note

# An exchange is entered as one, see POST /v1/meters/{id}/exchange.
Reason = Literal["regular", "move_in", "move_out", "interim", "final"]


class ReadingInput(BaseModel):
    register_id: UUID
    # As typed: German or plain decimal.
    value: str = Field(max_length=40)
    # Today where both are left out.
    taken_on: Day | None = None
    # Without an offset: at the merchant.
    taken_at: Moment | None = None
    # That of an open request, else regular.
    reason: Reason | None = None
    photo_sha256: Annotated[str, StringConstraints(pattern="^([0-9a-f]{64})?$")] = ""
    # The reader has seen what speaks against the value, and says that it is right.
    insist: bool = False
    note: Note = ""


class ReadingsInput(BaseModel):
    readings: list[ReadingInput] = Field(min_length=1, max_length=500)


class Decision(BaseModel):
    note: Note = ""


class Correction(Decision):
    value: str = Field(max_length=40)
