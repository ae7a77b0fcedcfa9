"""A merchant's ERP on the vhost `ingest` of a real broker."""

from dataclasses import dataclass

import aio_pika

from kontor_bus.ingest.users import IngestUser, add_user
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually


@dataclass
class ConnectedSystem:
    """Sends as its own user and reads its own refusals."""

    url: str
    user: IngestUser

    async def send(self, kind: str, body: bytes, content_type: str = "application/json", **properties: str) -> None:
        """To the queue of this kind, e.g. documents; raises where the broker refuses it."""
        async with await aio_pika.connect(self.url) as connection:
            exchange = await (await connection.channel()).get_exchange("ingest", ensure=False)
            message = aio_pika.Message(body, user_id=self.user.name, content_type=content_type, **properties)  # type: ignore[arg-type]
            await exchange.publish(message, f"{kind}.{self.user.name}", mandatory=True)

    async def refusal(self) -> str:
        """The headers of the next message that came back, once one has: the reason is among them."""

        async def look() -> aio_pika.abc.AbstractIncomingMessage | None:
            async with await aio_pika.connect(self.url) as connection:
                queue = await (await connection.channel()).get_queue(self.user.refused, ensure=False)
                return await queue.get(no_ack=True, fail=False)

        found: aio_pika.abc.AbstractIncomingMessage | None = await eventually(look)
        assert found is not None
        return str(found.headers)


def connected_system(broker: RabbitMQ, vhost: str, slug: str) -> ConnectedSystem:
    """Makes the user as `kontor ingest-user add` does."""
    user = add_user(broker.management_url, slug, vhost=vhost)
    return ConnectedSystem(broker.url(vhost, user.name, user.password), user)
