"""Properties of messages as other systems write them.

For a text that is no UTF-8, or a time beyond all years, pamqp gives up the connection with all that is under way on it;
and the message comes again.
"""

from collections.abc import Callable
from typing import Any

from pamqp import decode
from pamqp.commands import Basic

# A header that names the properties which could not be read and are left out.
UNREADABLE = "kontor-unreadable"

_SIZES: dict[str, Callable[[bytes], int]] = {
    "octet": lambda _: 1,
    "timestamp": lambda _: 8,
    "shortstr": lambda data: 1 + data[0],
    "table": lambda data: 4 + int.from_bytes(data[:4], "big"),
}


def _unmarshal(self: Any, flags: int, data: bytes) -> None:
    unreadable = []
    for name in self.__slots__:
        if flags & self.flags[name]:
            kind = getattr(self, f"_{name}")
            try:
                setattr(self, name, decode.by_type(data, kind)[1])
            except (ValueError, OverflowError, OSError):
                unreadable.append(name)
            data = data[_SIZES[kind](data) :]
    if unreadable:
        self.headers = {**(self.headers or {}), UNREADABLE: ", ".join(unreadable)}


def install() -> None:
    """From now on every connection of this process reads messages leniently."""
    Basic.Properties.unmarshal = _unmarshal  # type: ignore[method-assign]
