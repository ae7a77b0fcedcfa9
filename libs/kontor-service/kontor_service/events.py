"""What the services' own events.py need to say a row in the contract's terms."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def instant(value: datetime | None) -> Timestamp | None:
    """As a message's field; absent where there is none."""
    if value is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(value)
    return stamp
