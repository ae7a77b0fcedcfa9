"""What may be said about a request for readings."""

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from kontor_meters.inputs import Day, Title
from kontor_service.i18n import N_
from kontor_service.validation import wrong


class RequestInput(BaseModel):
    title: Title
    # Inclusive.
    due_on: Day
    remind_on: Day | None = None
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
            raise wrong("remind_on", N_("A reminder goes out on the due date at the latest."))
        if not (self.kinds or self.customer_ids or self.meter_ids):
            raise wrong("nobody", N_("One of kinds, customer_ids and meter_ids is needed."))
        return self
