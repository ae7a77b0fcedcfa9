"""News for open pages: server-sent events from an in-process hub. A page that hears `changed` fetches itself again."""

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Iterable

from starlette.requests import Request
from starlette.responses import StreamingResponse

# A stream ends by itself, so that a graceful stop waits at most this long; the browser comes back at once.
LIFE_SECONDS = 25.0
_BEAT_SECONDS = 10.0
# A page may open its stream so long after it was made and still hears what came between. Clocks of two processes may differ.
_KEPT_SECONDS = 60.0
_MARGIN_SECONDS = 1.0
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Hub:
    """Who wants to hear of what in this process. Topics are strings, e.g. `merchant:<uuid>`."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        # Topics of the last minute with the time of their last news, oldest first.
        self._recent: OrderedDict[str, float] = OrderedDict()
        self._closing = asyncio.Event()

    def publish(self, topics: Iterable[str] | None) -> None:
        """Wakes everyone who listens to one of the topics; with None simply everyone. News that come close together
        wake once."""
        for topic in list(self._listeners) if topics is None else topics:
            self._remember(topic)
            for listener in self._listeners.get(topic, ()):
                listener.set()

    def _remember(self, topic: str) -> None:
        now = time.time()
        self._recent[topic] = now
        self._recent.move_to_end(topic)
        while next(iter(self._recent.values())) < now - _KEPT_SECONDS:
            self._recent.popitem(last=False)

    def close(self) -> None:
        """Ends all streams: the app is going down."""
        self._closing.set()
        self.publish(None)

    async def changes(
        self, topics: Iterable[str], life: float = LIFE_SECONDS, *, since: float | None = None
    ) -> AsyncIterator[bool]:
        """True for news, False for a sign of life, until `life` seconds have passed.

        `since`: when the page was made (seconds since the epoch); news that came after it, before the stream, count.
        """
        wanted, news = list(topics), asyncio.Event()
        for topic in wanted:
            self._listeners[topic].add(news)
        if since is not None and any(self._recent.get(topic, 0.0) > since - _MARGIN_SECONDS for topic in wanted):
            news.set()
        loop = asyncio.get_running_loop()
        end = loop.time() + life
        try:
            while not self._closing.is_set() and (left := end - loop.time()) > 0:
                try:
                    await asyncio.wait_for(news.wait(), min(left, _BEAT_SECONDS))
                except TimeoutError:
                    yield False
                    continue
                news.clear()
                if not self._closing.is_set():
                    yield True
        finally:
            for topic in wanted:
                self._listeners[topic].discard(news)
                if not self._listeners[topic]:
                    del self._listeners[topic]


def stream(request: Request, hub: Hub, topics: Iterable[str], life: float = LIFE_SECONDS) -> StreamingResponse:
    """The response to EventSource: `event: changed` for each piece of news. The query's `since`: see Hub.changes."""
    since = _seconds(request.query_params.get("since", ""))

    async def events() -> AsyncIterator[bytes]:
        yield b"retry: 1000\nevent: ready\ndata: {}\n\n"
        async for is_news in hub.changes(topics, life, since=since):
            yield b"event: changed\ndata: {}\n\n" if is_news else b": alive\n\n"

    return StreamingResponse(events(), media_type="text/event-stream", headers=_HEADERS)


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
