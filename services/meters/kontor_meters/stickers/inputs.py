"""What is printed on stickers."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class StickerMerchant(BaseModel):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    accent: Annotated[str, StringConstraints(pattern="^(#[0-9a-fA-F]{6})?$")] = ""


class Sticker(BaseModel):
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    # electricity, gas, water, heat; anything else is printed as it is.
    kind: Text = ""
    place: Text = ""
    # What the code leads to.
    url: Annotated[str, StringConstraints(pattern="^https?://", max_length=500)]


class StickersWanted(BaseModel):
    merchant: StickerMerchant
    items: list[Sticker] = Field(min_length=1, max_length=2_000)
