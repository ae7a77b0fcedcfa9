"""What the bus counts, in the registry of the service it runs in."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_LAG_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120, 600, 3600)


class Metrics:
    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        self.outbox_rows = Gauge("kontor_outbox_unpublished_rows", "Events not published yet", registry=self.registry)
        self.outbox_age = Gauge(
            "kontor_outbox_oldest_seconds", "Age of the oldest event not published yet", registry=self.registry
        )
        self.published = Counter("kontor_bus_published", "Events confirmed", ["type"], registry=self.registry)
        self.unpublished = Counter(
            "kontor_bus_publish_failures", "Publishes without a confirmation", ["verdict"], registry=self.registry
        )
        self.consumed = Counter("kontor_bus_consumed", "Events done", ["consumer"], registry=self.registry)
        self.duplicates = Counter(
            "kontor_bus_duplicates", "Events that had been done before", ["consumer"], registry=self.registry
        )
        self.retried = Counter(
            "kontor_bus_retried", "Events put off after a failure", ["consumer"], registry=self.registry
        )
        self.dead = Counter("kontor_bus_dead", "Events moved to the dead queue", ["consumer"], registry=self.registry)
        self.lag = Histogram(
            "kontor_bus_lag_seconds",
            "From the fact to its being done here",
            ["consumer"],
            buckets=_LAG_BUCKETS,
            registry=self.registry,
        )
