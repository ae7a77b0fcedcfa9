"""What may be said about a request for readings."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator


class RequestWanted(BaseModel):
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    # Inclusive.
    due_on: date
    remind_on: date | None = None
    # Missing ones are estimated after the due date.
    estimate: bool = False
    reason: Literal["regular", "move_in", "move_out", "interim", "final"] = "regular"
    # Who is asked: the meters in use that fit all of these which are given; at least one is.
    kinds: list[Literal["electricity", "gas", "water", "heat"]] = Field(default=[], max_length=4)
    customer_ids: list[UUID] = Field(default=[], max_length=10_000)
    meter_ids: list[UUID] = Field(default=[], max_length=10_000)

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        if self.remind_on is not None and self.remind_on > self.due_on:
            raise ValueError("remind_on: not after due_on")
        if not (self.kinds or self.customer_ids or self.meter_ids):
            raise ValueError("kinds, customer_ids or meter_ids: one of them is needed")
        return self
