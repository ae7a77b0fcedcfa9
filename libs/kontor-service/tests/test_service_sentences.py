"""Sentences of problems: only what the catalogue knows is filled in, whatever somebody sent."""

import pytest
from httpx import Response

from kontor_service.client import problem_from
from kontor_service.errors import Conflict
from kontor_service.formats import shown
from kontor_service.i18n import N_, negotiate, speaking


@pytest.mark.parametrize("number", ["%(number)9999999999s", "A%(x)s", "%(number)s"])
def test_what_somebody_sent_is_shown_as_it_is_by_the_edge_too(number: str) -> None:
    with speaking("en"):
        problem = Conflict(N_("There is a document with the number %(number)s already."), number=number)
        sentence = problem.detail
        answer = Response(409, json=problem.as_dict())
        assert sentence.count(number) == 1
        assert problem_from(answer).detail == sentence


@pytest.mark.parametrize(("params", "title"), [
    ({"day": "2026-12-31"}, "It was over on 31/12/2026."),
    ({}, "This contradicts what is there."),
])  # fmt: skip
def test_a_title_never_shows_the_name_of_a_parameter(params: dict[str, str], title: str) -> None:
    over = Conflict.named("over", N_("It was over on %(day)s."))
    with speaking("en"):
        assert over(N_("Too late."), **params).as_dict()["title"] == title


@pytest.mark.parametrize("text", ["2026-02-31", "1" * 32 + " EUR", "12.5.6 EUR"])
def test_what_only_looks_like_a_day_or_an_amount_is_shown_as_it_is(text: str) -> None:
    assert shown(text, "de") == text


def test_the_language_of_a_header_with_blanks_is_understood() -> None:
    assert negotiate("fr, de; q=0.9, en; q=0.8") == "de"
