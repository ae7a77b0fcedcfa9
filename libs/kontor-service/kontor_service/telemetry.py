"""Logs, traces and metrics. Each service of a process has its own tracer provider and metrics registry."""

import logging
import sys
import time
from collections.abc import MutableMapping
from functools import cache
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_propagator = TraceContextTextMapPropagator()
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

log = structlog.get_logger()


def configure_logging(level: str, *, as_json: bool) -> None:
    """JSON lines on standard output (or readable ones in development), standard logging included."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_trace,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # Addresses carry secret links; what is worth knowing of a request we log ourselves.
    for noisy in ("uvicorn.access", "httpx", "httpcore", "aiormq", "aio_pika"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _add_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
    return event


def tracer_provider(service: str, otlp_endpoint: str | None) -> TracerProvider:
    """Spans get ids even where nobody collects them: the reference number on error pages is the trace id.

    What nobody collects is not recorded either: that costs as much as reading a page's rows.
    """
    sampler = ParentBased(ALWAYS_ON) if otlp_endpoint else ALWAYS_OFF
    provider = TracerProvider(resource=Resource.create({"service.name": f"kontor-{service}"}), sampler=sampler)
    if otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def trace_headers() -> dict[str, str]:
    """W3C headers that carry the current trace to the next service."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier


class RequestTelemetry:
    """One span, one metric and one log line per request. Paths are named by route, never by address."""

    def __init__(self, app: ASGIApp, *, service: str, provider: TracerProvider, registry: CollectorRegistry) -> None:
        self.app = app
        self._tracer = provider.get_tracer("kontor_service")
        self._seconds = Histogram(
            "kontor_http_request_seconds",
            "Time to answer a request, by route",
            ["service", "method", "route"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._answers = Counter(
            "kontor_http_requests_total",
            "Answered requests",
            ["service", "method", "route", "status"],
            registry=registry,
        )
        self._service = service
        # Looking up a metric by its labels takes longer than counting.
        self._metrics = cache(self._metrics_of)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        span = self._tracer.start_span(scope["method"], context=_parent(scope), kind=SpanKind.SERVER)
        # For the page of an error that nobody caught: it is rendered outside of the span.
        scope.setdefault("state", {})["trace_id"] = format(span.get_span_context().trace_id, "032x")
        # Not start_as_current_span: its two context managers take most of the time of a span that nobody collects.
        token = attach(trace.set_span_in_context(span))
        try:
            await self.app(scope, receive, observe)
        except Exception as error:
            span.record_exception(error)
            raise
        finally:
            self._finish(scope, span, status, time.perf_counter() - started)
            detach(token)

    def _finish(self, scope: Scope, span: Span, status: int, seconds: float) -> None:
        method, route = scope["method"], getattr(scope.get("route"), "path", "unmatched")
        if status >= 500:
            span.set_status(Status(StatusCode.ERROR))
            log.warning("request_failed", method=method, route=route, status=status)
        if span.is_recording():
            span.update_name(f"{method} {route}")
            span.set_attribute("http.response.status_code", status)
        span.end()
        duration, answers = self._metrics(method, route, status)
        duration.observe(seconds)
        answers.inc()

    def _metrics_of(self, method: str, route: str, status: int) -> tuple[Histogram, Counter]:
        seconds = self._seconds.labels(self._service, method, route)
        return seconds, self._answers.labels(self._service, method, route, status)


def _parent(scope: Scope) -> Context | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return _propagator.extract({"traceparent": value.decode("latin-1")})
    return None
