"""SaxonC in a process of its own.

Its native heap is then shared by nobody, it is used by one thread only (it is not safe for several), and a
transformation that takes too long can be ended, with its process. This module imports little, because the worker does.
"""

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

# One transformation; a thousand lines take well under a tenth of it.
TIMEOUT_SECONDS = 60.0
# The worker's native heap grows with use; after so many documents a fresh one takes over.
DOCUMENTS_PER_WORKER = 2_000


class DidNotFinish(Exception):
    """The transformation took too long or its process died; the next one gets a new process."""


class SchematronProcess:
    """Starts with the first document (about a second) and keeps the compiled rules. One document at a time."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS):
        self.timeout = timeout
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def transform(self, stylesheet: Path, xml: str) -> str:
        """The schematron's report (SVRL). Raises DidNotFinish."""
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1,
                    mp_context=get_context("spawn"),
                    initializer=_live_with_parent,
                    max_tasks_per_child=DOCUMENTS_PER_WORKER,
                )
            try:
                return self._pool.submit(_transform, str(stylesheet), xml).result(self.timeout)
            except (FutureTimeout, BrokenProcessPool) as error:
                self._stop()
                raise DidNotFinish from error

    def close(self) -> None:
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        if self._pool is None:
            return
        workers = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()
            worker.join()
        self._pool = None


def _live_with_parent() -> None:
    """Ctrl-C is the service's to handle; and a service that was killed leaves no process behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(0)


@cache
def _processor() -> Any:
    from saxonche import PySaxonProcessor  # loads 90 MB of native code; only the worker needs it

    return PySaxonProcessor(license=False)


@cache
def _stylesheet(path: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=path)


def _transform(stylesheet: str, xml: str) -> str:
    node = _processor().parse_xml(xml_text=xml)
    return str(_stylesheet(stylesheet).transform_to_string(xdm_node=node))
