"""The payouts' pages and files, and the expected payments."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from admin_payouts import DATEV, TREES, known
from admin_shop import Shop
from fastapi import Response
from hypothesis import given
from hypothesis import strategies as st

from kontor_payments_pages.admin.payouts.expected import OnItsWay, OpenAmount, expected_weeks, total

TODAY = date(2026, 11, 25)
_DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))
_AMOUNTS = st.integers(1, 10**9)
_HABITS = st.integers(-60, 400)


@given(
    opened=st.lists(st.builds(OpenAmount, _AMOUNTS, st.none() | _DAYS, st.none() | _HABITS)),
    way=st.lists(st.builds(OnItsWay, _AMOUNTS, st.none() | _DAYS)),
    usual=_HABITS,
    today=_DAYS,
)
def test_all_that_is_open_or_on_its_way_stands_in_one_of_the_weeks(
    opened: list[OpenAmount], way: list[OnItsWay], usual: int, today: date
) -> None:
    weeks = expected_weeks(opened, way, usual, today)
    assert total(weeks) == sum(one.amount_minor for one in (*opened, *way))


def week_of(amount: OpenAmount, usual: int = 0) -> int:
    weeks = expected_weeks([amount], [], usual, TODAY)
    return next(number for number, week in enumerate(weeks) if week.open_minor)


def test_each_customer_pays_as_usual_and_who_has_no_habit_as_the_others() -> None:
    due = TODAY + timedelta(days=7)
    assert [week_of(OpenAmount(1, due, late)) for late in (0, 7, 14, -30)] == [2, 3, 4, 1]
    assert week_of(OpenAmount(1, due, None), usual=7) == 3


def test_what_is_later_than_usual_is_not_expected_this_week() -> None:
    assert week_of(OpenAmount(1, TODAY - timedelta(days=20), 10)) == 0
    assert week_of(OpenAmount(1, TODAY - timedelta(days=20), 21)) == 1


async def test_the_list_shows_what_a_payout_is_made_of(shop: Shop) -> None:
    await known(shop)
    page = await shop.page("/zahlungen/auszahlungen")
    for said in ("po_77", "119,00\xa0€", "-7,03\xa0€", "111,97\xa0€", "unterwegs", "01.12.2026"):
        assert said in page, said
    assert "po_77" not in await shop.page("/zahlungen/auszahlungen?state=failed")


async def test_a_payout_leads_to_its_payments_and_they_lead_back(shop: Shop) -> None:
    _, paid = await known(shop)
    page = await shop.page("/zahlungen/auszahlungen/po_77")
    assert f'href="/zahlungen/{paid.payment.id}"' in page
    assert "Stripe Billing" in page
    back = 'href="/zahlungen/auszahlungen/po_77"'
    assert back in await shop.page("/zahlungen")
    assert back in await shop.page(f"/zahlungen/{paid.payment.id}")
    await shop.page("/zahlungen/auszahlungen/po_other", 404)


async def test_the_files_are_the_owners_and_datevs_name_begins_as_it_must(shop: Shop) -> None:
    told, _ = await known(shop)
    shop.owners.answers["GET", f"/v1/payouts/{told.payout.id}/datev.csv"] = Response(b'"EXTF"', media_type="text/csv")
    answer = await shop.client.get("/zahlungen/auszahlungen/po_77/datev")
    assert (answer.content, "EXTF_Auszahlungen_po_77.csv" in answer.headers["content-disposition"]) == (b'"EXTF"', True)


async def test_without_datevs_numbers_the_form_for_them_is_shown(shop: Shop) -> None:
    shop.owners.refuse("GET", "/v1/payouts/datev.csv", 409, code="datev_not_set_up", detail="Bitte zuerst")
    answer = await shop.client.get("/zahlungen/auszahlungen/monat?monat=2026-12&als=datev")
    assert answer.headers["location"] == "/zahlungen/auszahlungen/datev"
    shop.owners.answers["GET", "/v1/settings/datev"] = DATEV
    assert "Beraternummer" in await shop.page("/zahlungen/auszahlungen/datev")
    shop.owners.refuse(
        "PUT", "/v1/settings/datev", 422, errors=[{"field": "consultant", "message": "Zu klein", "code": "invalid"}]
    )
    sent = {"consultant": "1", "client": "2", "chart": "SKR04", "account_length": "4", "fiscal_month": "1"}
    answer = await shop.post("/zahlungen/auszahlungen/datev", sent)
    assert (answer.status_code, "Zu klein" in answer.text, 'value="2"' in answer.text) == (422, True, True)


async def test_expected_payments_add_up_to_what_is_open_and_say_how(shop: Shop) -> None:
    customer, told = str(uuid4()), []
    noon = datetime.now(UTC).replace(hour=12) - timedelta(days=1)
    for number in range(3):
        paid = shop.document(f"RE-P{number}", customer_id=customer)
        told += [
            paid,
            shop.receivable(
                paid.document.id,
                customer_id=customer,
                state="paid",
                open_minor=0,
                paid_at=noon,
                due_date=noon.date().isoformat(),
            ),
        ]
    opened = shop.document("RE-O", customer_id=customer)
    told += [opened, shop.receivable(opened.document.id, customer_id=customer, due_date="2030-01-01")]
    other = shop.document("RE-W")
    told += [
        other, shop.receivable(other.document.id, state="on_its_way", open_minor=0, pending_minor=5000, expected_on="2030-01-01")
    ]  # fmt: skip
    await shop.told(*told)
    page = await shop.page("/zahlungen/erwartet")
    for said in ("169,00\xa0€", "119,00\xa0€", "50,00\xa0€", "am Tag der Fälligkeit", "Median"):
        assert said in page, said


async def test_the_counter_of_trees_is_shown_and_what_counts_is_chosen(shop: Shop) -> None:
    path = "/v1/settings/trees"
    shop.owners.answers["GET", path] = {}
    assert "checked" not in (await shop.page("/zahlungen/baeume")).partition('name="enabled"')[2].partition(">")[0]
    shop.owners.answers["GET", path] = TREES
    page = await shop.page("/zahlungen/baeume")
    for said in ("24 Quadratmeter Wald", "123,45\xa0€", 'value="5,00"', "steht noch aus"):
        assert said in page, said
    shop.owners.answers["PUT", path] = {}
    await shop.post("/zahlungen/baeume", {"enabled": "on", "basis": "payments", "payments": "10", "partner": "Wald"})
    wanted = {"enabled": True, "basis": "payments", "step": 10, "partner": "Wald"}
    assert shop.owners.calls == [("PUT", path, wanted)]
