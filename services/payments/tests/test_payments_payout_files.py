"""Payouts for the bookkeeping: postings, DATEV's Buchungsstapel, CSV."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_payments.models import Connection
from kontor_payments.payouts.extf import COLUMNS, Batch, booking_batch, fiscal_year_start
from kontor_payments.payouts.postings import DEFAULTS, Posting, postings
from kontor_payments.payouts.rules import lines_of, totals
from kontor_payments.payouts.service import apply_payout_report
from kontor_payments.payouts.settings import DatevInput, accounts_of
from kontor_payments.providers.protocol import PayoutItem, PayoutReport
from kontor_service.ids import uuid7

DAY = date(2026, 12, 1)
ITEMS = [
    PayoutItem("payment", "ch_1", 11900, 203, 11697),
    PayoutItem("refund", "re_1", -1900, 0, -1900),
    PayoutItem("fee", "Stripe Billing", -500, 0, -500),
    PayoutItem("other", "Ausgleich „Jürgen“", 100, 0, 100),
]
SETTINGS = {"consultant": 29098, "client": 55003}


def payout(items: list[PayoutItem]) -> dict[str, Any]:
    found = totals(items)
    lines = lines_of(items, [])
    for line in lines:
        if line["reference"] == "ch_1":
            line["shares"] = [{"document_number": "RE 2026/1", "amount_minor": line["gross_minor"]}]
    return {
        "items": lines,
        "arrives_on": DAY,
        "provider_reference": "po_1",
        "amount_minor": found.net_minor,
        **vars(found),
    }


def report(reference: str = "po_1", currency: str = "EUR", day: date = DAY) -> PayoutReport:
    return PayoutReport(reference, totals(ITEMS).net_minor, currency, "paid", day, ITEMS)


_AMOUNT = st.integers(-(10**7), 10**7)


@given(
    items=st.lists(
        st.builds(
            lambda kind, reference, gross, fee: PayoutItem(kind, reference, gross, fee, gross - fee),
            st.sampled_from(["payment", "refund", "dispute", "fee", "other"]),
            st.sampled_from(["ch_1", "ch_2"]),
            _AMOUNT,
            _AMOUNT,
        )
    )
)
def test_after_the_postings_of_a_payout_the_clearing_account_is_where_it_was(items: list[PayoutItem]) -> None:
    assert sum(posting.amount_minor for posting in postings(payout(items), DEFAULTS["SKR03"])) == 0


def test_gross_goes_against_the_debtor_fees_and_transfer_against_their_accounts() -> None:
    found = [
        (one.amount_minor, one.contra, one.document, one.tax_key) for one in postings(payout(ITEMS), DEFAULTS["SKR04"])
    ]
    assert found == [
        (11900, "10000", "RE 2026/1", ""),
        (-1900, "1370", "po_1", ""),
        (100, "1370", "po_1", ""),
        (-703, "6855", "po_1", "94"),
        (-9397, "1460", "po_1", ""),
    ]


def test_the_file_is_what_datev_publishes() -> None:
    batch = Batch(
        29098,
        55003,
        4,
        7,
        "SKR03",
        date(2026, 3, 1),
        date(2026, 3, 31),
        "Auszahlungen",
        datetime(2026, 4, 1, 8, 30, 0, 440_000, UTC),
    )
    lines = [Posting(-1234, "4970", date(2026, 3, 9), 'RE 2026/1 „Ä"', 'Gebühr "März" ' + "x" * 80, "94")]
    content = booking_batch(batch, "1361", lines)
    head, names, line, rest = content.decode("cp1252").split("\r\n")
    assert head == (
        '"EXTF";700;21;"Buchungsstapel";13;20260401083000440;;"KO";"";"";29098;55003;20250701;4;20260301;20260331;"Auszahlungen"'
        ';"";1;0;0;"EUR";;"";;;"03";;;"";""'
    )
    assert (len(names.split(";")), len(line.split(";")), rest) == (125, 125, "")
    values = dict(zip(COLUMNS, line.split(";"), strict=True))
    assert [values[name] for name in COLUMNS[:12]] == [
        "12,34",
        '"H"',
        '""',
        "",
        "",
        '""',
        "1361",
        "4970",
        '"0094"',
        "0903",
        '"RE-2026/1----"',
        '""',
    ]
    assert values["Buchungstext"] == '"Gebühr ""März"" ' + "x" * 46 + '"'


@pytest.mark.parametrize(("day", "month", "start"), [("2026-06-30", 7, "2025-07-01"), ("2026-07-01", 7, "2026-07-01")])
def test_a_fiscal_year_begins_before_its_days(day: str, month: int, start: str) -> None:
    assert fiscal_year_start(date.fromisoformat(day), month) == date.fromisoformat(start)


def test_accounts_have_as_many_digits_as_the_merchants() -> None:
    found = accounts_of(DatevInput(consultant=1001, client=1, account_length=6, clearing="136200", fee_tax_key=""))
    assert (found.clearing, found.fees, found.debtor, found.fee_tax_key) == ("136200", "497000", "1000000", "")


async def stored(world: Any, *reports: PayoutReport) -> None:
    deps = world.app.state.dependencies
    async with deps.db.transaction(world.merchant) as session:
        connection = Connection(id=uuid7(), merchant_id=world.merchant, provider="stripe", state="ended")
        session.add(connection)
        await session.flush()
        for one in reports:
            await apply_payout_report(session, connection, one, deps.clock)


async def fetched(world: Any, path: str, **params: Any) -> Any:
    return await world.http.get(path, params=params, headers=world.staff())


async def test_datev_needs_consultant_and_client_first(world: Any) -> None:
    await stored(world, report())
    answer = await fetched(world, "/v1/payouts/datev.csv", month="2026-12")
    assert (answer.status_code, answer.json()["code"]) == (409, "datev_not_set_up")


async def test_a_month_as_datev_file_and_csv(world: Any) -> None:
    await stored(world, report(), report("po_2", day=date(2027, 1, 4)))
    saved = await world.http.put("/v1/settings/datev", json=SETTINGS, headers=world.staff())
    assert saved.json()["settings"]["consultant"] == 29098
    datev = await fetched(world, "/v1/payouts/datev.csv", month="2026-12")
    lines = datev.content.decode("cp1252").split("\r\n")
    assert (datev.status_code, len(lines)) == (200, 8)
    assert "po_2" not in datev.text
    rows = (await fetched(world, "/v1/payouts/items.csv", month="2026-12")).content.decode("utf-8-sig").splitlines()
    assert rows[1] == "po_1;Stripe;1. Dezember 2026;Zahlung;;ch_1;119,00;2,03;116,97;EUR"
    assert len(rows) == 5


async def test_one_payout_as_files_and_none_of_another_merchant(world: Any) -> None:
    await stored(world, report())
    await world.http.put("/v1/settings/datev", json=SETTINGS, headers=world.staff())
    [row] = await world.sql("SELECT id FROM payout")
    path = f"/v1/payouts/{row['id']}"
    assert (await fetched(world, f"{path}/datev.csv")).text.count("po_1") == 5
    assert (await fetched(world, f"{path}/items.csv")).text.count("po_1") == 4
    other = uuid7()
    await world.register(merchant=other)
    answer = await world.http.get(f"{path}/items.csv", headers=world.staff(other))
    assert (answer.status_code, answer.json()["code"]) == (404, "payout_not_found")


async def test_payouts_in_another_currency_are_named_and_not_posted(world: Any) -> None:
    await stored(world, report("po_chf", "CHF"))
    await world.http.put("/v1/settings/datev", json=SETTINGS, headers=world.staff())
    answer = await fetched(world, "/v1/payouts/datev.csv", month="2026-12")
    assert (answer.status_code, answer.json()["code"]) == (409, "payout_not_in_euros")
    assert "po_chf" in answer.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"consultant": 1},
        {"client": 0},
        {"chart": "SKR99"},
        {"fees": "49700"},
        {"clearing": "abc"},
        {"fee_tax_key": "12345"},
    ],
)
async def test_numbers_that_datev_would_not_take_are_refused_at_their_field(world: Any, wrong: dict[str, Any]) -> None:
    answer = await world.http.put("/v1/settings/datev", json=SETTINGS | wrong, headers=world.staff())
    assert answer.status_code == 422
    assert next(iter(wrong)) in answer.text
    assert await world.sql("SELECT FROM datev_settings") == []
