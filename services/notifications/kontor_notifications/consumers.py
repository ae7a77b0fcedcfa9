"""What notifications hears of: event → use case."""

from kontor_bus import Copy, Effects
from kontor_events.registry import feed_types
from kontor_notifications.copies.apply import BINDINGS, Copier
from kontor_notifications.feed.service import append
from kontor_notifications.mails.from_events import consumers_of_kinds
from kontor_notifications.mails.queue import Queue
from kontor_service.database import Database


def consumers(database: Database, queue: Queue) -> list[Copy | Effects]:
    return [
        Copy("notifications.copies", bindings=BINDINGS, apply=Copier(database)),
        *consumers_of_kinds(queue),
        Effects("notifications.feed", dict.fromkeys(feed_types(), append), lane="bulk"),
    ]
