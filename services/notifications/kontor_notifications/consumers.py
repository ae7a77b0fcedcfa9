"""What notifications hears of: event → use case."""

from kontor_bus import Copy, Effects
from kontor_events.registry import feed_types
from kontor_notifications.copies.models import COPIES
from kontor_notifications.feed.service import append
from kontor_notifications.mails.from_events import consumers_of_kinds
from kontor_notifications.mails.queue import Queue
from kontor_service.copies import copy_consumer
from kontor_service.database import Database


def consumers(database: Database, queue: Queue) -> list[Copy | Effects]:
    return [
        copy_consumer("notifications.copies", database, *COPIES),
        *consumers_of_kinds(queue),
        Effects("notifications.feed", dict.fromkeys(feed_types(), append), lane="bulk"),
    ]
