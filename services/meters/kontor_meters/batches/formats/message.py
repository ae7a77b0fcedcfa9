"""A body of readings as its sender sees it, for descriptions and tests. It is read without these classes (items.py):
a million values are too many for them, and one that is wrong must not refuse the others."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Figure = Annotated[str | float, Field(description="As it stands on the meter, with a point")]


class ReadingMessage(BaseModel):
    meter: Annotated[str, Field(description="Its number, or your own id of it")] = ""
    obis: str = ""
    register_: Annotated[
        str, Field(alias="register", description="A register's id, in the place of meter and obis")
    ] = ""
    value: Figure
    taken_at: Annotated[str, Field(description="An instant with its offset, or a date")]
    reason: Literal["", "regular", "move_in", "move_out", "interim", "final"] = ""
    external_id: str = ""


class IntervalMessage(BaseModel):
    """Values of consecutive quarter hours."""

    meter: str = ""
    obis: str = ""
    register_: Annotated[str, Field(alias="register")] = ""
    start: Annotated[str, Field(description="When the first quarter hour begins: an instant with its offset")]
    step_minutes: Literal[15] = 15
    values: Annotated[list[Figure | None], Field(description="null where there is none")]
    unit: str = ""


def _example() -> dict[str, Any]:
    return {
        "readings": [
            {
                "meter": "1EMH0012345678", "obis": "1-0:1.8.1", "value": "12345.6", "taken_at": "2026-10-31T18:00:00+01:00",
                "external_id": "r-1",
            }
        ],
        "intervals": [
            {
                "meter": "erp-m-4711", "obis": "1-0:2.8.0", "start": "2026-06-21T00:00:00+02:00", "step_minutes": 15,
                "values": ["0.250", None, "0.310"],
            }
        ],
    }  # fmt: skip


class ReadingsMessage(BaseModel):
    """Readings, 15-minute values, or both."""

    model_config = ConfigDict(json_schema_extra={"examples": [_example()]})

    readings: list[ReadingMessage] = []
    intervals: list[IntervalMessage] = []
