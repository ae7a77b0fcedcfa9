"""Meters: a customer enters readings and sees the year, staff decide and exchange, whoever has a link writes and sees nothing."""

import json
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from kontor_testing.waiting import until

from .people import Customer, fresh

PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
# The demo customer, who has a log-in.
OWN = "20931"
ZONE = ZoneInfo("Europe/Berlin")
TODAY = datetime.now(ZONE).date()
LAST_YEAR = TODAY.year - 1


class Utility:
    """The merchant's system for meters."""

    def __init__(self, erp):
        self.erp = erp

    def meter(self, customer=OWN, **said):
        """One register in kWh without decimals; in use since the year before last."""
        number = fresh("Z")
        register = {"obis": "1-0:1.8.0", "unit": "kWh", "digits_before": 6, "digits_after": 0}
        known = {
            "number": number, "external_id": number, "kind": "electricity", "customer_number": customer,
            "in_use_from": date(LAST_YEAR - 1, 1, 1).isoformat(), "registers": [register],
            "place": {"street": "Lange Gasse 12", "post_code": "86152", "city": "Augsburg", "country": "DE"},
        } | said  # fmt: skip
        answer = self.erp.call("POST", "/api/ingest/v1/meters", json=known)
        assert answer.status_code in (200, 201), answer.text
        return {**known, "id": answer.json()["id"]}

    def read(self, meter, values):
        """Readings by day, taken as it began."""
        readings = [
            {"meter": meter["number"], "obis": "1-0:1.8.0", "value": str(value), "external_id": f"{meter['number']}-{day}",
             "taken_at": datetime.combine(day, time(), ZONE).isoformat()}
            for day, value in values.items()
        ]  # fmt: skip
        answer = self.erp.call("POST", "/api/ingest/v1/readings", json={"readings": readings})
        assert answer.status_code == 200, answer.text
        assert answer.json()["stored"] == len(readings), answer.text

    def read_through_last_year(self, meter):
        """1,200 kWh in the last year, 100 a month, from 1,000 to 2,200."""
        months = {date(LAST_YEAR, month, 1): 900 + 100 * month for month in range(1, 13)}
        self.read(meter, {**months, date(LAST_YEAR + 1, 1, 1): 2200})


@pytest.fixture(scope="package")
def utility(erp):
    return Utility(erp)


@pytest.fixture(scope="package")
def at_home(platform, browser):
    """The demo customer's session."""
    context = browser.new_context(locale="de-DE")
    customer = Customer(context.new_page(), platform.run["gateway"])
    customer.log_in(platform.run["customer"]["email"], platform.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    kept = context.storage_state()
    context.close()
    return kept


class Home:
    """The customer's pages of meters."""

    def __init__(self, page, gateway):
        self.page, self.gateway = page, gateway

    def go(self, path=""):
        self.page.goto(f"{self.gateway}/brunner/zaehler{path}")

    def enter(self, meter, value, *, day=None):
        """Types one reading and sends it."""
        self.go(f"/melden?meter={meter['id']}")
        self.type(meter, value, day)

    def type(self, meter, value, day=None):
        if day:
            self.page.locator("input[name=day]").fill(day.isoformat())
        self.field(meter).fill(value)
        self.page.get_by_role("button", name="Zählerstand senden").click()

    def field(self, meter):
        return self.page.locator(f"#meter-{meter['id']} input[inputmode=decimal]")

    def consumption(self, meter, **query):
        """What the JSON says was used, in thousandths; None where nothing is known."""
        path = f"{self.gateway}/api/portal/v1/brunner/meters/{meter['id']}/consumption"
        answer = self.page.request.get(path, params=query)
        assert answer.status == 200, answer.text()
        return answer.json()

    def year_totals(self, meter, year, thousandths):
        """Once so much was used in the year."""

        def told():
            blocks = self.consumption(meter, year=year)["blocks"]
            return blocks if [block["total"] for block in blocks] == [thousandths] else None

        try:
            return until(told, within=20)[0]
        except AssertionError:
            raise AssertionError(self.consumption(meter, year=year)) from None

    def appears(self, meter):
        """Once the portal has heard of the meter."""
        path = f"{self.gateway}/api/portal/v1/brunner/meters/{meter['id']}"
        until(lambda: self.page.request.get(path).status == 200)
        return self


def open_in_admin(merchant, meter):
    """The meter's page, once the admin has heard of it."""
    address = f"{merchant.admin}/zaehler/{meter['id']}"
    until(lambda: merchant.page.request.get(address).ok)
    merchant.page.goto(address)


@pytest.fixture
def home(new_page, platform, at_home):
    return Home(new_page(storage_state=at_home), platform.run["gateway"])


@pytest.fixture
def phone(new_page, platform, at_home):
    return Home(new_page(storage_state=at_home, **PHONE), platform.run["gateway"])


class TestEntering:
    def test_a_customer_on_a_phone_enters_a_reading_and_sees_it(self, utility, phone):
        meter = utility.meter(label="Werkstatt")
        utility.read(meter, {TODAY - timedelta(days=60): 4000})
        phone.appears(meter).go()
        row = phone.page.get_by_role("row").filter(has_text=meter["number"])
        expect(row).to_contain_text("4.000 kWh")
        row.get_by_role("link", name="Werkstatt").click()
        phone.page.locator(".paybar").get_by_role("link", name="Zählerstand melden").click()
        expect(phone.page.locator(f"#meter-{meter['id']}")).to_contain_text("4.000 kWh")
        phone.type(meter, "4.120")
        expect(phone.page.get_by_role("status").filter(has_text="4.120 kWh")).to_contain_text("übernommen")
        phone.go(f"/{meter['id']}")
        expect(phone.page.locator("[data-part=readings]")).to_contain_text("4.120")

    def test_an_odd_reading_is_asked_back_insisted_on_accepted_by_staff_and_seen_in_the_year(
        self, utility, phone, merchant
    ):
        meter = utility.meter()
        utility.read_through_last_year(meter)
        phone.appears(meter).enter(meter, "9200")
        expect(phone.field(meter)).to_have_attribute("aria-invalid", "true")
        # What was typed is still there.
        expect(phone.field(meter)).to_have_value("9200")
        expect(phone.page.locator(f"#meter-{meter['id']} .wrong")).not_to_be_empty()
        phone.page.get_by_label("Der Wert stimmt trotzdem").check()
        phone.page.get_by_role("button", name="Zählerstand senden").click()
        expect(phone.page.get_by_role("status").filter(has_text="9200")).to_contain_text("wird geprüft")

        merchant.go("/zaehler/pruefen")
        question = merchant.page.get_by_role("article").filter(has_text=meter["number"])
        expect(question).to_contain_text("9.200")
        question.get_by_role("button", name="Annehmen", exact=True).click()
        merchant.said("angenommen")

        phone.year_totals(meter, TODAY.year, 7_000_000)
        phone.go(f"/{meter['id']}?year={LAST_YEAR}")
        # The drawing for narrow screens, not the one for wide ones.
        expect(phone.page.locator("figure.chart svg.slim")).to_be_visible()
        expect(phone.page.locator("figure.chart svg.wide")).to_be_hidden()
        expect(phone.page.locator(".total .sum")).to_have_text("1.200\u00a0kWh")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 360
        table = phone.page.locator("table.used")
        expect(table.get_by_role("row").filter(has_text="Januar")).to_contain_text("100")

    def test_one_screen_for_many_meters_keeps_what_was_typed_when_one_is_refused(self, utility, erp, home):
        first, second, third = (utility.meter(label=f"Wohnung {n}") for n in (1, 2, 3))
        for meter in (first, second, third):
            utility.read(meter, {TODAY - timedelta(days=30): 500})
            home.appears(meter)
        home.go("/melden")
        home.field(first).fill("510")
        home.field(second).fill("fünf")
        home.field(third).fill("530")
        home.page.get_by_role("button", name="Zählerstände senden").click()
        done = home.page.get_by_role("status", name="Übernommen")
        expect(done).to_contain_text(first["number"])
        expect(done).to_contain_text(third["number"])
        expect(home.field(second)).to_have_value("fünf")
        expect(home.field(second)).to_have_attribute("aria-invalid", "true")
        home.field(second).fill("520")
        home.page.get_by_role("button", name=re.compile("Zählerst(and|ände) senden")).click()
        expect(done).to_contain_text(second["number"])

    def test_a_reading_for_somebody_elses_meter_is_not_found(self, utility, erp, home):
        stranger = utility.meter(customer=erp.customer()["number"])
        for path in (f"/{stranger['id']}", f"/melden?meter={stranger['id']}"):
            assert home.page.request.get(f"{home.gateway}/brunner/zaehler{path}").status == 404
        home.go("/melden")
        assert home.page.locator(f"#meter-{stranger['id']}").count() == 0


class TestExchange:
    def test_a_meter_is_exchanged_and_the_consumption_runs_through(self, utility, home, merchant):
        meter, day = utility.meter(), date(LAST_YEAR, 7, 1)
        utility.read(meter, {date(LAST_YEAR, 1, 1): 1000})
        home.appears(meter)
        open_in_admin(merchant, meter)
        merchant.page.get_by_role("link", name="Zähler wechseln").click()
        merchant.page.get_by_label("Gewechselt am").fill(day.isoformat())
        merchant.page.get_by_label(re.compile("^Endstand")).fill("1600")
        number = fresh("NEU")
        merchant.page.get_by_label("Nummer", exact=True).fill(number)
        merchant.page.get_by_label("Anfangsstand").fill("20")
        merchant.page.get_by_role("button", name="Wechseln", exact=True).last.click()
        merchant.said("gewechselt")
        expect(merchant.page.get_by_role("heading", level=1)).to_contain_text(number)
        new = {"number": number, "id": merchant.page.url.rpartition("/")[2]}

        utility.read(new, {date(LAST_YEAR + 1, 1, 1): 420})
        home.appears(new)
        by_month = home.year_totals(new, LAST_YEAR, 1_000_000)["parts"][0]["amounts"]
        assert (sum(by_month[:6]), sum(by_month[6:])) == (600_000, 400_000)
        home.go(f"/{new['id']}?year={LAST_YEAR}")
        expect(home.page.locator(".total .sum")).to_have_text("1.000\u00a0kWh")
        expect(home.page.get_by_role("complementary").filter(has_text="Zählerwechsel")).to_contain_text(meter["number"])


class TestLink:
    def test_who_has_the_link_of_a_sticker_enters_a_reading_and_sees_nothing_of_the_past(
        self, utility, home, merchant, new_page
    ):
        meter = utility.meter(label="Heimlich")
        utility.read(meter, {TODAY - timedelta(days=90): 7654})
        home.appears(meter)
        open_in_admin(merchant, meter)
        merchant.page.get_by_role("button", name="Link anzeigen").click()
        link = merchant.page.locator(".secret code").inner_text()
        with merchant.page.expect_download() as sticker:
            merchant.page.get_by_role("button", name="Aufkleber (PDF)").click()
        assert Path(sticker.value.path()).read_bytes().startswith(b"%PDF-")

        stranger = Home(new_page(**PHONE), home.gateway)
        stranger.page.goto(link)
        for secret in ("7654", "7.654", "Heimlich", "Seidel"):
            assert secret not in stranger.page.content()
        stranger.type(meter, "7700")
        expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("Vielen Dank")
        assert "7654" not in stranger.page.content()
        assert stranger.page.context.cookies() == []
        home.go(f"/{meter['id']}")
        expect(home.page.locator("[data-part=readings]")).to_contain_text("7.700")

    def test_a_revoked_link_takes_nothing_any_more(self, utility, merchant, new_page):
        meter = utility.meter()
        open_in_admin(merchant, meter)
        merchant.page.get_by_role("button", name="Link anzeigen").click()
        link = merchant.page.locator(".secret code").inner_text()
        merchant.go(f"/zaehler/{meter['id']}")
        merchant.page.locator("summary").filter(has_text="Widerrufen").click()
        merchant.page.get_by_role("button", name="Link widerrufen").click()
        merchant.said("Link")
        assert new_page().goto(link).status == 410


class TestRequest:
    def test_customers_are_asked_by_mail_enter_by_its_link_and_the_merchant_sees_who_is_missing(
        self, utility, erp, platform, merchant, new_page
    ):
        asked, missing = erp.customer(), erp.customer()
        meters = [utility.meter(customer=one["number"]) for one in (asked, missing)]
        title = fresh("Ablesung")
        for meter in meters:
            open_in_admin(merchant, meter)
        merchant.go("/zaehler/anfragen/neu")
        merchant.page.get_by_label("Titel").fill(title)
        merchant.page.get_by_label("Ausgewählte Kunden").check()
        merchant.page.get_by_label("Nummern").fill(f"{asked['number']}\n{missing['number']}")
        merchant.page.get_by_label("Letzter Tag").fill((TODAY + timedelta(days=14)).isoformat())
        merchant.page.get_by_role("button", name="E-Mails senden").click()
        merchant.said("unterwegs")
        overview = merchant.page.url

        link = next(link for link in platform.mail_to(asked["email"], title)["links"] if "/z/" in link)
        reader = Home(new_page(**PHONE), erp.gateway)
        reader.page.goto(link)
        reader.type(meters[0], "4711")
        expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Vielen Dank")

        merchant.page.goto(overview)
        row = merchant.page.get_by_role("row").filter(has_text=asked["number"])
        expect(row.locator(".state").last).to_have_text("Erledigt")
        expect(merchant.page.locator("[data-part=progress]")).to_contain_text("50 %")
        merchant.page.goto(f"{overview}?state=missing")
        expect(merchant.page.get_by_role("row").filter(has_text=missing["number"])).to_be_visible()
        expect(merchant.page.get_by_role("row").filter(has_text=asked["number"])).to_have_count(0)


class TestCsv:
    def test_a_file_is_looked_at_line_by_line_before_anything_is_stored(self, utility, home, merchant):
        meter = utility.meter()
        utility.read(meter, {TODAY - timedelta(days=40): 100})
        home.appears(meter)
        lines = [
            "Zählernummer;Stand;Datum",
            f"{meter['number']};150,0;{TODAY - timedelta(days=10):%d.%m.%Y}",
            f"{meter['number']};viel;{TODAY:%d.%m.%Y}",
        ]
        file = {"name": "staende.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode("cp1252")}
        merchant.go("/zaehler/dateien")
        merchant.page.get_by_label("Zählerstände", exact=True).check()
        merchant.page.locator("input[type=file]").set_input_files(file)
        merchant.page.get_by_role("button", name="Datei prüfen").click()
        problem = merchant.page.locator("table.problems").get_by_role("row").nth(1)
        expect(problem).to_contain_text("3")
        before = home.page.request.get(f"{home.gateway}/api/portal/v1/brunner/meters/{meter['id']}").json()
        assert [one["value"] for one in before["readings"]] == ["100"]

        merchant.page.get_by_role("button", name="Eine Zeile speichern").click()
        expect(merchant.page.locator(".counts")).to_contain_text("gespeichert")
        with merchant.page.expect_download() as result:
            merchant.page.get_by_role("link", name="Ergebnisdatei (CSV)").click()
        text = Path(result.value.path()).read_text("utf-8-sig")
        assert len(text.splitlines()) == 3, text
        home.go(f"/{meter['id']}")
        expect(home.page.locator("[data-part=readings]")).to_contain_text("150")


def test_meters_are_read_as_json_with_the_session_of_the_pages(utility, home):
    meter = utility.meter()
    home.appears(meter)
    answer = home.page.request.get(f"{home.gateway}/api/portal/v1/brunner/meters?q={meter['number']}")
    assert [one["number"] for one in json.loads(answer.body())["meters"]] == [meter["number"]]
