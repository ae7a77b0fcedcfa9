"""What every input may say: texts without control characters, numbers in digits of our own script."""

from typing import Annotated

import pytest
from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from kontor_service.validation import Line, Number, Text, expectation


class Said(BaseModel):
    name: Line = ""
    note: Text = ""
    amount: Number | None = None


def code(**fields: str) -> str:
    """Why it is refused; empty where it is taken."""
    try:
        Said.model_validate(fields)
    except ValidationError as error:
        return str(error.errors()[0]["type"])
    return ""


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x0b", "\x1b", "\x1f", "\x7f"])
def test_control_characters_are_refused(sign: str) -> None:
    assert code(name=f"a{sign}b") == code(note=f"a{sign}b") == "control_characters"


@pytest.mark.parametrize("sign", ["\n", "\r", "\r\n"])
def test_a_line_has_no_line_breaks_but_a_text_has(sign: str) -> None:
    assert code(name=f"a{sign}b") == "line_breaks"
    assert code(note=f"a{sign}b") == ""


@pytest.mark.parametrize("text", ["Müller & Söhne", "🔌👨‍👩‍👧‍👦", "\u202eab\u2066c\u2069", "漢字한", "a\tb"])
def test_what_people_write_is_taken(text: str) -> None:
    assert code(name=text, note=text) == ""


def test_half_a_character_is_no_text() -> None:
    assert code(name="a\ud800b") == code(note="a\ud800b") == "control_characters"


@pytest.mark.parametrize("number", ["12", "12.50", "-1", "1e3"])
def test_numbers_are_taken(number: str) -> None:
    assert code(amount=number) == ""


@pytest.mark.parametrize("number", ["١٢", "१२", "１２", "1_000", "²", "zwölf"])
def test_digits_of_other_scripts_are_no_number(number: str) -> None:
    assert code(amount=number) == "decimal_parsing"


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("^[A-Z]{3}$", "A currency is expected here, for example EUR."),
        ("^[a-z]+$", "It contains characters that cannot be used."),
    ],
)
def test_no_pattern_is_shown_to_people(pattern: str, message: str) -> None:
    shape = TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])
    with pytest.raises(ValidationError) as refused:
        shape.validate_python("EURO 1")
    assert expectation(refused.value.errors()[0])[0] == message
