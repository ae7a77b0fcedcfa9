"""Codes of the contract with what people read for them, in English. Generated classes stand beside the messages."""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """A code that travels as a string. `kontor_service.vocabulary` says it in the reader's language."""

    word: str
    plural: str
    long: str
    tone: str
    vague: str

    def __new__(
        cls, value: str, word: str = "", plural: str = "", long: str = "", tone: str = "", vague: str = ""
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.word, member.plural, member.long, member.tone, member.vague = word, plural, long, tone, vague
        return member

    @classmethod
    def known(cls, value: str) -> Self | None:
        """The code of this name; None where the contract, as this build knows it, has none."""
        found = cls._value2member_map_.get(value)
        return found if isinstance(found, cls) else None
