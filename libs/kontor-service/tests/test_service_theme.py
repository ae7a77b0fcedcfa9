import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_service.theme import READABLE, contrast, theme

_GROUNDS = (("#f7f6f3", "#ffffff"), ("#121415", "#1a1d1f"))


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_stays_readable_on_light_and_dark(value: int) -> None:
    for scheme, grounds in zip(theme(f"#{value:06x}"), _GROUNDS, strict=True):
        assert contrast(scheme["accent"], scheme["on-accent"]) >= READABLE
        for ground in (*grounds, scheme["accent-wash"]):
            assert contrast(scheme["accent-ink"], ground) >= READABLE


def test_a_readable_colour_is_left_as_it_is() -> None:
    light, _dark = theme("#0b5d4e")
    assert light["accent"] == light["accent-ink"] == "#0b5d4e"


def test_contrast_is_that_of_wcag() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("value", ["red", "#12345", "#0b5d4e; }", "0b5d4eff", ""])
def test_what_is_no_colour_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        theme(value)
