"""A customer accepts a quote at the portal → the merchant's open board shows it, over RabbitMQ.

The whole platform in one process. The board is kept fresh as its page's script does it (live.js): a stream says that
something changed, and the page is fetched again, at most once in its pause. Counted from the sending of the acceptance.
"""

import asyncio
import re
import statistics
import time
from datetime import date, timedelta
from importlib import resources
from typing import Any

import httpx

from kontor_testing.platform import platform_folder
from kontor_testing.rabbitmq import rabbitmq_server
from tests.security.world import World

ACCEPTANCES = 100
TARGET_MS = 250.0
_WARM_UP = 5
_PATIENCE_SECONDS = 30.0
# Between two customers who accept: what follows from an acceptance (confirmation, mails) goes on meanwhile.
_APART_SECONDS = 0.5


async def run() -> list[dict[str, Any]]:
    """p99 in milliseconds; `from_answer` of it from the portal's answer on."""
    with platform_folder() as folder, rabbitmq_server() as broker:
        buses = {f"KONTOR_{name}": broker.url(broker.vhost()) for name in ("BUS_URL", "INGEST_BUS_URL")}
        world = World(folder, buses)
        world.start()
        try:
            quotes = [await asyncio.to_thread(_quote, world, number) for number in range(ACCEPTANCES + _WARM_UP)]
            found = (await _measured(world, quotes))[_WARM_UP:]
        finally:
            world.stop()
    whole, after = ([one[place] for one in found] for place in (0, 1))
    p99 = statistics.quantiles(whole, n=100)[98]
    return [{
        "name": "acceptance → visible on the merchant's open board, RabbitMQ, p99", "value": round(p99, 1),
        "reference": TARGET_MS, "ratio": round(p99 / TARGET_MS, 3), "target": "<= 1", "unit": "ms",
        "p50": round(statistics.median(whole), 1), "from_answer": round(statistics.quantiles(after, n=100)[98], 1),
        "acceptances": len(whole),
    }]  # fmt: skip


def _quote(world: World, number: int) -> tuple[str, str]:
    """A quote that its customer has; the path of its acceptance and the cookie of its link."""
    world.a.api_key = world.run["api_key"]
    customer, name = "K-BENCH", f"AN-BENCH-{number}"
    if number == 0:
        key = {"Authorization": f"Bearer {world.a.api_key}"}
        known = {"name": "Seidel Optik", "kind": "business", "language": "de", "email": "bench@kunde.example"}
        world.http.put(
            world.url("gateway", f"/api/ingest/v1/customers/{customer}"), headers=key, json=known
        ).raise_for_status()
    document = world.submit(
        world.a,
        {
            "type": "quote", "number": name, "external_id": name, "customer_number": customer, "acceptance": ["click"],
            "issue_date": date.today().isoformat(), "valid_until": (date.today() + timedelta(days=30)).isoformat(),
            "lines": [{"id": "1", "name": "Wartung", "net_price": "100.00", "tax_rate": "19"}],
        },
    )  # fmt: skip
    return document["id"], world.opened(document["portal_url"])


async def _measured(world: World, quotes: list[tuple[str, str]]) -> list[tuple[float, float]]:
    """Of each acceptance the milliseconds until the board shows it, from its sending and from its answer."""
    merchant = world.run["merchant"]
    cookie = await asyncio.to_thread(world.staff, merchant["email"], merchant["password"])
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as browser:
        board = _Board(browser, world.url("admin"), cookie)
        async with asyncio.TaskGroup() as tasks:
            open_page = [tasks.create_task(board.listen()), tasks.create_task(board.refresh())]
            found = [await _accepted(world, board, *quote) for quote in quotes]
            for task in open_page:
                task.cancel()
    return found


async def _accepted(world: World, board: "_Board", document: str, cookie: str) -> tuple[float, float]:
    await asyncio.sleep(_APART_SECONDS)
    path = f"/api/portal/v1/brunner/documents/{document}"
    async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS, headers={"Cookie": cookie}) as customer:
        quote = (await customer.get(world.url("gateway", path))).json()
        consents = [one["id"] for one in quote["details"]["standing_documents"] if one["consent"]]
        wanted = {"version": quote["version"], "name": "Anna Seidel", "consents": consents}
        sent = time.perf_counter()
        answer = await customer.post(world.url("gateway", f"{path}/acceptance"), json=wanted)
        answered = time.perf_counter()
    assert answer.status_code == httpx.codes.OK, answer.text
    async with asyncio.timeout(_PATIENCE_SECONDS):
        shown = await board.shows(document)
    return (shown - sent) * 1_000, max(0.0, shown - answered) * 1_000


class _Board:
    """The merchant's start page in an open browser."""

    def __init__(self, browser: httpx.AsyncClient, admin: str, cookie: str) -> None:
        self._browser, self._admin, self._headers = browser, admin, {"Cookie": cookie}
        self._news, self._fetched = asyncio.Event(), asyncio.Condition()
        self._accepted: dict[str, float] = {}

    async def shows(self, document: str) -> float:
        """Waits until the page shows this quote as accepted; when that was."""
        async with self._fetched:
            await self._fetched.wait_for(lambda: document in self._accepted)
        return self._accepted[document]

    async def listen(self) -> None:
        while True:
            async with self._browser.stream("GET", f"{self._admin}/ereignisse", headers=self._headers) as stream:
                async for line in stream.aiter_lines():
                    if line.startswith("event:"):
                        self._news.set()

    async def refresh(self) -> None:
        pause, last = _pause(), 0.0
        while True:
            await self._news.wait()
            await asyncio.sleep(last + pause - time.perf_counter())
            self._news.clear()
            last = time.perf_counter()
            page = await self._browser.get(f"{self._admin}/", headers=self._headers)
            async with self._fetched:
                for document in _ACCEPTED.findall(page.text):
                    self._accepted.setdefault(document, time.perf_counter())
                self._fetched.notify_all()


# A row of the panel of quotes.
_ACCEPTED = re.compile(r'<tr><td><strong><a href="/dokumente/([0-9a-f-]{36})">(?:(?!</tr>).)*>angenommen<', re.S)


def _pause() -> float:
    """Of the page's script, in seconds."""
    script = resources.files("kontor_web").joinpath("static/live.js").read_text()
    found = re.search(r"const PAUSE = (\d+);", script)
    assert found is not None
    return int(found[1]) / 1_000
