"""What is printed on stickers."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from kontor_meters.inputs import Line, Number, Title


class StickerMerchant(BaseModel):
    name: Title
    accent: Annotated[str, StringConstraints(pattern="^(#[0-9a-fA-F]{6})?$")] = ""


class Sticker(BaseModel):
    number: Number
    # electricity, gas, water, heat; anything else is printed as it is.
    kind: Line = ""
    place: Title | Literal[""] = ""
    # What the code leads to.
    url: Annotated[str, StringConstraints(pattern="^https?://", max_length=500)]


class StickersInput(BaseModel):
    merchant: StickerMerchant
    items: list[Sticker] = Field(min_length=1, max_length=2_000)
