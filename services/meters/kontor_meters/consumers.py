"""Which facts of others meters follows."""

from kontor_bus import Copy, Effects


def consumers() -> list[Copy | Effects]:
    return []
