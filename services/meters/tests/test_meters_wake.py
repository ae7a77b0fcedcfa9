"""No job misses a call because another one heard it."""

from kontor_meters.wake import Wake


def test_a_call_reaches_every_loop_until_each_has_looked() -> None:
    wake = Wake()
    busy, idle = wake.listener(), wake.listener()
    wake.set()
    idle.clear()
    assert busy.is_set()
    assert not idle.is_set()
