"""A list that is declared: what its address may ask, and what its functions are called with."""

from uuid import UUID, uuid4

import pytest

from kontor_edge.lists import PORTAL, STAFF, Filter, ListColumn, ListPage
from kontor_edge.paging import cursor
from kontor_service.errors import Invalid

COLUMNS = (
    ListColumn("name", "Name", sort="t.by_name"),
    ListColumn("kind", "Kind", words={"a": "A", "b": "B"}, where="t.kind = {it}"),
)
OTHERS = (
    Filter("owner", "t.owner = {it}", kind="uuid"),
    Filter("year", "t.year = {it}", kind="integer", bounds=(1900, 9999)),
)


def listed(frame=STAFF, **more):
    return ListPage(
        "things",
        frame,
        "thing t",
        "NOT t.deleted",
        "t.brief",
        "t.id",
        "name",
        columns=COLUMNS,
        others=OTHERS,
        search=("t.words",),
        **more,
    )


def test_a_column_with_a_condition_is_a_filter_and_an_argument_of_every_function() -> None:
    things = listed()
    assert [one.name for one in things.filters] == ["owner", "year", "kind"]
    assert len(things.functions) == 2
    for text in things.functions:
        assert "of_kind text" in text
        assert "(of_kind IS NULL OR t.kind = of_kind)" in text


def test_what_an_address_asks_becomes_arguments() -> None:
    owner, place = uuid4(), uuid4()
    asked = {
        "kind": "b",
        "owner": str(owner),
        "q": "Müller",
        "order": "asc",
        "after": cursor("key", place),
        "limit": "7",
    }
    query = listed().parse(asked)
    assert query.function == "things_by_name_asc"
    assert query.arguments == {
        "of_owner": owner, "of_year": None, "of_kind": "b", "of_words": ["%muller%"], "after_key": "key", "after_id": place, "many": 7,
    }  # fmt: skip


def test_a_page_before_another_is_fetched_backwards() -> None:
    query = listed().parse({"before": cursor("key", UUID(int=1)), "order": "desc"})
    assert query.function == "things_by_name_asc"
    assert query.order == "desc"


UNKNOWN = [{"kind": "z"}, {"owner": "no id"}, {"year": "x"}, {"sort": "color"}, {"order": "up"}]


@pytest.mark.parametrize("asked", UNKNOWN)
def test_a_strict_list_names_the_parameter_that_it_does_not_know(asked: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        listed(PORTAL).parse(asked)
    assert refused.value.field == next(iter(asked))


@pytest.mark.parametrize("asked", UNKNOWN)
def test_pages_of_staff_pass_over_what_they_do_not_know(asked: dict[str, str]) -> None:
    assert listed().parse(asked) == listed().parse({})


def test_a_fixed_list_has_one_order() -> None:
    things = listed(fixed=True)
    assert len(things.functions) == 1
    assert things.parse({"order": "asc", "before": cursor("key", UUID(int=1))}).function == "things"


def test_a_form_keeps_what_has_no_field_of_its_own() -> None:
    query = listed().parse({"kind": "a", "year": "2026", "order": "asc"})
    assert list(query.kept(["kind"])) == [("year", "2026"), ("sort", "name"), ("order", "asc")]
