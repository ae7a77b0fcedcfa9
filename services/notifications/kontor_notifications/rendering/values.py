"""What a placeholder can stand for, beside text: a button, a table, a list, a code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Button:
    url: str
    label: str


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True)
class Rows:
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Entry:
    """One line of a list, such as a document in a mail about several, or what somebody wrote."""

    title: str
    details: str = ""
    # Several lines, as somebody typed them.
    text: str = ""
    amount: str = ""
    url: str = ""


@dataclass(frozen=True)
class Entries:
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Code:
    code: str


# Text, a button (within a sentence: its address), or a block. Empty text: there is nothing to say.
Value = str | Button | Rows | Entries | Code
Values = dict[str, Value]
