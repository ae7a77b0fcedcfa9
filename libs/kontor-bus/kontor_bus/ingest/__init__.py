"""Where other systems hand things in over RabbitMQ: the vhost `ingest`."""

from kontor_bus.ingest.consumer import IngestConsumer
from kontor_bus.ingest.message import IngestMessage, Refused

__all__ = ["IngestConsumer", "IngestMessage", "Refused"]
