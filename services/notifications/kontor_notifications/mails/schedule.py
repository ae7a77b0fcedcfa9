"""When a mail is tried again."""

from datetime import timedelta

# After the n-th attempt. What cannot be handed over in about two and a half days is given up.
_PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 43200, 43200)
)


def pause_after(attempt: int) -> timedelta | None:
    """The pause after this many attempts; None when it was the last."""
    return _PAUSES[attempt - 1] if attempt <= len(_PAUSES) else None
