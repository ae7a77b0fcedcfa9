"""Calling the jobs: each loop has an event of its own, so that none is missed by a loop that was busy with something else."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Wake:
    """`set` after whatever gives the jobs something to do."""

    _loops: list[asyncio.Event] = field(default_factory=list)

    def listener(self) -> asyncio.Event:
        """For one loop, which clears it before it looks."""
        event = asyncio.Event()
        self._loops.append(event)
        return event

    def set(self) -> None:
        for event in self._loops:
            event.set()
