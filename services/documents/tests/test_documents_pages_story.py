"""What happened to a document, as its customer and staff read it."""

from kontor_documents_pages.admin.story import story as of_staff
from kontor_documents_pages.portal.conversation.story import story as of_customers
from kontor_service.i18n import speaking


def moment(what, minute, by="", detail=""):
    return {"what": what, "at": f"2026-11-12T09:{minute:02}:00Z", "by": by, "detail": detail}


MOMENTS = [
    moment("shared", 1), moment("opened", 2, "Anna Seidel"), moment("amended", 4, detail="2"), moment("expired", 5),
    moment("extended", 6, detail="2026-12-24"), moment("promised", 6, "Anna Seidel"),
    moment("accepted", 7, "Anna Seidel"), moment("confirmed", 7),
]  # fmt: skip
PAID = {"paid_at": "2026-11-12T09:08:00+00:00"}
QUESTION = {"created_at": "2026-11-12T09:03:00Z", "author_name": "Anna Seidel"}


def test_customers_read_all_that_happened_with_the_newest_first() -> None:
    with speaking("de"):
        told = [words for _at, words in of_customers(MOMENTS, PAID, [QUESTION])]
    assert told == [
        "Bezahlt", "Auftrag bestätigt", "Angenommen von Anna Seidel", "Angenommen von Anna Seidel, Zahlung steht noch aus",
        "Verlängert bis 24. Dezember 2026", "Abgelaufen",
        "Geändert: Fassung 2", "Nachricht von Anna Seidel", "Zum ersten Mal geöffnet von Anna Seidel", "An Sie gesendet",
    ]  # fmt: skip


def test_staff_read_the_history_with_first_readers_forwarding_and_payment() -> None:
    history = [
        {"fact": "shared", "at": "2026-11-12T09:01:00Z", "actor": "staff:1 Mara Muster", "detail": {}},
        {"fact": "forwarded", "at": "2026-11-12T09:03:00Z", "actor": "contact:1 Anna Seidel", "detail": {"recipient": "Bo Bauer"}},
        {"fact": "withdrawn", "at": "2026-11-12T09:09:00Z", "actor": "staff:1 Mara Muster", "detail": {"reason": "Irrtum"}},
    ]  # fmt: skip
    readers = [{"first_read_at": "2026-11-12T09:02:00Z", "reader_name": "Anna Seidel"}]
    with speaking("de"):
        told = [(one.words, one.actor, one.tone) for one in of_staff(history, [], readers, PAID)]
    assert told == [
        ("Zurückgezogen: Irrtum", "staff:1 Mara Muster", "bad"),
        ("Bezahlt", "", "good"),
        ("Weitergeleitet an Bo Bauer", "contact:1 Anna Seidel", ""),
        ("Erstmals gelesen von Anna Seidel", "", "good"),
        ("Geteilt", "staff:1 Mara Muster", "good"),
    ]


def test_staff_read_the_moments_while_the_history_is_away() -> None:
    with speaking("de"):
        told = [(one.words, one.actor) for one in of_staff(None, MOMENTS[2:], [], None)]
    assert told[-1] == ("Geändert: Fassung 2", "")
    assert told[0] == ("Auftrag bestätigt", "")
