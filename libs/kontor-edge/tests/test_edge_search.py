"""What people type finds what is meant: amounts as printed, parts of words and numbers, umlauts either way."""

import pytest

from kontor_edge.sorting import search_patterns, search_words

_WORDS = search_words(
    [
        "RE-2026-1042",
        "Umwälzpumpe getauscht",
        "Müller & Söhne GmbH",
        "Bäckerei Neubauer",
        "4321.09",
        "4321,09",
        "Joerg Weiss",
    ]
)


def finds(query: str) -> bool:
    """As LIKE ALL does."""
    return all(pattern.strip("%").replace("\\", "") in _WORDS for pattern in search_patterns(query) or ())


@pytest.mark.parametrize(
    "query",
    [
        "4.321,09 €", "4.321,09\u00a0€", "4321,09", "4,321.09", "€4,321.09", "4.321,09 EUR", "4321", "1042", "2026-10", "re20261042",
        "Pumpe", "wälz", "PUMPE 1042", "Mueller", "Müller", "muller", "Soehne", "söhne", "Baeckerei", "Neubauer", "Jörg Weiß", "Joerg",
    ],
)  # fmt: skip
def test_it_is_found(query: str) -> None:
    assert finds(query)


@pytest.mark.parametrize("query", ["4.321,08 €", "Pumpen", "Muellers", "1043", "100%", "_"])
def test_something_else_is_not(query: str) -> None:
    assert not finds(query)


def test_nothing_is_asked_by_blanks() -> None:
    assert search_patterns(" \u00a0\x00") is None
