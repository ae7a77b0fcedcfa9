"""15-minute values by the hundred thousand, as a metering point operator sends them: the portal's sums are right.

The sums are computed here from what was sent, by nothing but a calendar and addition.
"""

import asyncio
import json
import os
import random
import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kontor_testing.ingest import connected_system
from kontor_testing.waiting import until

from .people import Customer, fresh

ZONE = ZoneInfo("Europe/Berlin")
QUARTER = timedelta(minutes=15)
# A message holds so many days of one meter.
DAYS_AT_ONCE = 30
# Over both changes of the clock where there are days enough.
FIRST = date(date.today().year - 1, 1, 1)


def amounts():
    """Meters and days: a hundred thousand values; a million for the proof."""
    return (30, 348) if os.environ.get("KONTOR_PROOF") == "1" else (11, 95)


@dataclass
class Smart:
    """A meter that sends by itself, and what it has sent: thousandths by quarter hour (UTC)."""

    number: str
    id: str
    sent: dict[datetime, int] = field(default_factory=dict)

    def values(self, first, days):
        """Consecutive values of whole days there, some of them zero, as a body of them."""
        start = datetime.combine(first, time(), ZONE).astimezone(UTC)
        end = datetime.combine(first + timedelta(days=days), time(), ZONE).astimezone(UTC)
        quarters = [start + QUARTER * n for n in range((end - start) // QUARTER)]
        for quarter in quarters:
            self.sent[quarter] = random.choice((0, random.randint(1, 2_999)))
        texts = [f"{self.sent[quarter] // 1000}.{self.sent[quarter] % 1000:03d}" for quarter in quarters]
        one = {
            "meter": self.number,
            "obis": "1-0:1.8.0",
            "start": start.isoformat(),
            "step_minutes": 15,
            "values": texts,
        }
        return json.dumps({"intervals": [one]}).encode()

    def by_day(self):
        sums = defaultdict(int)
        for quarter, value in self.sent.items():
            sums[quarter.astimezone(ZONE).date()] += value
        return dict(sums)


@pytest.fixture
def send(platform, erp):
    """Hands in bodies over the bus, or over HTTP where there is no RabbitMQ."""
    if platform.ingest is None:
        yield lambda bodies: [over_http(erp, body) for body in bodies]
        return
    # Playwright's event loop runs in this thread.
    with ThreadPoolExecutor(1) as aside:
        yield lambda bodies: aside.submit(asyncio.run, over_the_bus(*platform.ingest, bodies)).result(600)


def over_http(erp, body):
    headers = {"Content-Type": "application/json"}
    answer = erp.call("POST", "/api/ingest/v1/readings", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["refused"] == answer.json()["parked"] == 0, answer.text


async def over_the_bus(broker, vhost, bodies):
    system = connected_system(broker, vhost, "brunner")
    for body in bodies:
        await system.send("readings", body)


@pytest.fixture
def session(new_page, platform, erp):
    customer = Customer(new_page(), erp.gateway)
    customer.log_in(platform.run["customer"]["email"], platform.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    return customer.page.request


def smart_meters(erp, many):
    register = {"obis": "1-0:1.8.0", "unit": "kWh", "digits_before": 6, "digits_after": 3, "interval": True}
    wanted = [
        {"number": number, "external_id": number, "kind": "electricity", "customer_number": "20931",
         "in_use_from": FIRST.isoformat(), "registers": [register]}
        for number in (fresh("SMART") for _ in range(many))
    ]  # fmt: skip
    answer = erp.call("POST", "/api/ingest/v1/meters", json=wanted)
    assert answer.status_code == 200, answer.text
    return [Smart(one["number"], result["id"]) for one, result in zip(wanted, answer.json()["results"], strict=True)]


def shown(session, erp, meter, days):
    """Thousandths by day, as the portal says them."""
    found = {}
    for year, month in sorted({(day.year, day.month) for day in days}):
        path = f"{erp.gateway}/api/portal/v1/brunner/meters/{meter.id}/consumption?year={year}&month={month}"
        blocks = session.get(path).json()["blocks"]
        for number, amount in enumerate(blocks[0]["parts"][0]["amounts"] if blocks else (), 1):
            if amount is not None:
                found[date(year, month, number)] = amount
    return found


def test_values_come_in_shuffled_twice_and_corrected_and_every_day_adds_up(platform, erp, send, session):
    many, days = amounts()
    meters = smart_meters(erp, many)
    bodies = [
        meter.values(FIRST + timedelta(days=first), min(DAYS_AT_ONCE, days - first))
        for meter in meters
        for first in range(0, days, DAYS_AT_ONCE)
    ]
    assert sum(len(meter.sent) for meter in meters) >= many * days * 96 - 4 * many
    random.shuffle(bodies)
    send([*bodies, *bodies[: len(bodies) // 10]])
    for meter in meters:
        until(lambda meter=meter: shown(session, erp, meter, meter.by_day()) == meter.by_day(), within=900)

    # A day is said again, with other values.
    corrected, day = meters[0], FIRST + timedelta(days=days // 2)
    before = corrected.by_day()[day]
    send([corrected.values(day, 1)])
    after = corrected.by_day()
    assert after[day] != before
    until(lambda: shown(session, erp, corrected, after) == after, within=60)


def test_the_quarter_hours_of_a_day_are_fetched_when_it_is_opened(erp, send, session):
    meter = smart_meters(erp, 1)[0]
    send([meter.values(FIRST, 2)])
    until(lambda: shown(session, erp, meter, meter.by_day()) == meter.by_day(), within=60)
    path = f"{erp.gateway}/api/portal/v1/brunner/meters/{meter.id}/days/{FIRST}"
    values = session.get(path).json()["registers"][0]["values"]
    assert values == [value for _, value in sorted(meter.sent.items())][:96]
