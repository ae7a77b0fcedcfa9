"""What of a document's history goes on the bus: what people look for, the newest, and never more than there is room for."""

from datetime import UTC, datetime

from kontor_documents.moments import MOST_MOMENTS, with_moment

NOW = datetime(2026, 11, 12, 9, tzinfo=UTC)


def moment(*moments, fact="declined", actor="contact:1 Anna Seidel", **detail):
    return with_moment(moments, fact, at=NOW, actor=actor, detail=detail)


def test_a_customer_is_named_as_they_signed_else_as_they_logged_in():
    assert moment(name="A. Seidel")[0]["by"] == "A. Seidel"
    assert moment(name="")[0]["by"] == "Anna Seidel"


def test_the_merchants_people_are_not_named_to_customers():
    assert moment(fact="extended", actor="staff:1 Mara Muster", valid_until="2026-12-24") == [
        {"what": "extended", "at": NOW.isoformat(), "by": "", "detail": "2026-12-24"}
    ]


def test_what_nobody_looks_for_stays_in_the_history_alone():
    assert moment({"what": "shared"}, fact="file_hidden") == [{"what": "shared"}]


def test_the_newest_fifty_are_kept():
    kept: list = []
    for revision in range(60):
        kept = moment(*kept, fact="amended", actor="Kontor", revision=revision)
    assert (len(kept), kept[0]["detail"], kept[-1]["detail"]) == (MOST_MOMENTS, "10", "59")


def test_long_names_leave_room_for_the_rest_of_the_event():
    kept: list = []
    for _number in range(60):
        kept = moment(*kept, fact="forwarded", actor=f"contact:1 {'🧾' * 200}", recipient="🧾" * 200)
    assert 0 < len(kept) < MOST_MOMENTS
    assert sum(len(one["by"].encode()) + len(one["detail"].encode()) for one in kept) < 8 * 1024
