"""What mail programs make of an answer, and what of it is new. Files of replies/: what was written, =====, the mail's text."""

from pathlib import Path

import pytest

from kontor_notifications.intake.quoting import new_part

_REPLIES = sorted((Path(__file__).parent / "replies").glob("*.txt"))


@pytest.mark.parametrize("file", _REPLIES, ids=lambda file: file.stem)
def test_only_what_was_written_is_kept(file: Path) -> None:
    written, _, text = file.read_text().partition("=====\n")
    assert new_part(text) == written.strip()
    assert new_part(text.replace("\n", "\r\n")) == written.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Am x schrieb " * 5000,
        ("Am x schrieb " * 15 + "\n") * 200,
        "Von: a\n \n" * 5000,
        "On \n" * 9000,
        ("On " * 66 + "\n") * 200,
    ],
    ids=lambda text: text[:8].strip(),
)
@pytest.mark.timeout(10)
def test_no_text_takes_long(text: str) -> None:
    assert len(new_part(text)) <= 20_000


def test_a_formula_at_the_top_takes_nothing_with_it() -> None:
    assert new_part("Viele Grüße\n") == "Viele Grüße"
