"""Every page of meters: fits the screen, speaks one language, breaks no rule of axe, at 360 and 1440, light and dark."""

import os
import re
from itertools import product

import pytest

from kontor_testing.waiting import until

from .looks import foreign_words, speak, wrong_with
from .people import Customer, Merchant

pytestmark = pytest.mark.parametrize("platform", ["postgres"], indirect=True)

SMART, UNKNOWN = "1EMH0012345678", "/z/falsch"
# The others, and axe on all of the platform's own data, are part of `make proof`; axe also looks in the tests of each edge.
LOOKS = [(360, "light", "de"), (1440, "dark", "en")]
PROOF = os.environ.get("KONTOR_PROOF")
if PROOF:
    LOOKS = list(product((360, 1440), ("light", "dark"), ("de", "en")))
# Labels and titles that the merchant and customers gave.
OWN = "legend, td, .head-line, .question, .asked, .sub, .named, [aria-label], dd, li, q, pre"


@pytest.fixture(scope="module")
def places(platform, browser):
    """Every address of meters, by who may see it, with the demo's meters in them."""
    context = browser.new_context(locale="de-DE")
    context.set_default_timeout(30_000)
    portal, admin = f"{platform.run['gateway']}/brunner/zaehler", f"{platform.run['admin']}/zaehler"
    customer = Customer(context.new_page(), platform.run["gateway"])
    customer.log_in(platform.run["customer"]["email"], platform.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    staff = Merchant(context.new_page(), platform.run["admin"])
    staff.log_in(**platform.run["merchant"])
    staff.page.wait_for_url(f"{staff.admin}/")
    ask = customer.page.request
    meters = ask.get(f"{platform.run['gateway']}/api/portal/v1/brunner/meters?limit=50").json()
    by_number = {one["number"]: one["id"] for one in meters["meters"]}
    smart, gas = by_number[SMART], next(one["id"] for one in meters["meters"] if one["kind"] == "gas")
    year = until(lambda: used(ask, platform, smart))["year"]
    latest = f"{platform.run['gateway']}/api/portal/v1/brunner/meters/{smart}/consumption?year={year}"
    month = max(n for n, way in enumerate(ask.get(latest).json()["ways"], 1) if way != "missing")
    link = next(link for mail in platform.messages() for link in mail["links"] if "/z/" in link)
    staff.go("/zaehler/anfragen")
    request = staff.page.locator("tbody strong a").first.get_attribute("href")
    staff.go("/zaehler/dateien")
    batch = staff.page.locator("tbody strong a").first.get_attribute("href")
    kept = context.storage_state()
    context.close()
    paths = (
        "", "?q=gibtsnicht", "/melden", f"/melden?meter={gas}", f"/{smart}", f"/{smart}?year={year}&month={month}",
        f"/{smart}?day={year}-{month:02d}-01", f"/{smart}?years=1", f"/{gas}",
    )  # fmt: skip
    staffed = (
        "", "?q=gibtsnicht", "/neu", f"/{smart}", f"/{gas}", f"/{gas}/bearbeiten", f"/{gas}/wechsel", f"/{gas}/ende", "/pruefen",
        "/ablesen", "/anfragen", "/anfragen/neu", "/dateien", "/aufkleber", f"/aufkleber?meter={gas}",
    )  # fmt: skip
    return {
        "session": kept,
        "known": [*(portal + path for path in paths), *(admin + path for path in staffed),
                  staff.admin + request, staff.admin + batch],
        "unknown": [link, platform.run["gateway"] + UNKNOWN],
    }  # fmt: skip


def used(ask, platform, meter):
    """What was used, once the portal has heard of it."""
    found = ask.get(f"{platform.run['gateway']}/api/portal/v1/brunner/meters/{meter}/consumption").json()
    return found if found["blocks"] else None


@pytest.fixture
def speaking(platform, places, new_page, language):
    speak(new_page(storage_state=places["session"]), platform.run, language)
    yield
    speak(new_page(storage_state=places["session"]), platform.run, "de")


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_page_of_meters_fits_and_speaks_one_language(places, new_page, speaking, width, scheme, language):
    wrong = {}
    options = {
        "viewport": {"width": width, "height": 800}, "color_scheme": scheme, "reduced_motion": "reduce",
        "locale": "de-DE" if language == "de" else "en-GB",
    }  # fmt: skip
    for kind in ("known", "unknown"):
        session = {"storage_state": places["session"]} if kind == "known" else {}
        page, heard = new_page(**options, **session), []
        page.on("console", lambda message, heard=heard: heard.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error, heard=heard: heard.append(str(error)))
        for address in places[kind]:
            found = wrong_with(page, address, width, language, heard, by_axe=bool(PROOF) and language == "de")
            if address.endswith(UNKNOWN):
                assert "answers 404" in found
                found = [one for one in found if "404" not in one]
            found += [f"says {word!r}" for word in foreign_words(page, language, OWN)]
            if found:
                wrong[address] = found
    assert not wrong, "\n".join(f"{address}\n    " + "\n    ".join(found) for address, found in wrong.items())
