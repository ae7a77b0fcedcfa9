"""W3C trace context through the bus: one span per publish and per consumed event."""

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from kontor_bus.envelope import Envelope

_propagator = TraceContextTextMapPropagator()


def tracer(provider: TracerProvider | None) -> Tracer:
    return trace.get_tracer("kontor_bus", tracer_provider=provider)


def current_traceparent() -> str | None:
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def parent_of(envelope: Envelope) -> Context:
    return _propagator.extract({"traceparent": envelope.traceparent} if envelope.traceparent else {}, Context())


def link_to(envelope: Envelope) -> list[Link]:
    context = trace.get_current_span(parent_of(envelope)).get_span_context()
    return [Link(context)] if context.is_valid else []
