"""Work in a process of its own: its memory comes back, and what takes too long can be ended.

This module imports little, because every such process does."""

import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any

# What typesetting or the official rules may need for the largest documents that are accepted.
MAX_MEMORY = 900 * 1024**2


class DidNotFinish(Exception):
    """The work took too long, needed too much memory or its process died; the next piece of work gets a new process."""


class Worker:
    """Starts with the first piece of work (about a second), does one at a time within MAX_MEMORY, is new after so many."""

    def __init__(self, timeout: float, pieces: int):
        self.timeout = timeout
        self.pieces = pieces
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """What the function of a module returns there. Raises DidNotFinish."""
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1,
                    mp_context=get_context("spawn"),
                    initializer=_prepare,
                    max_tasks_per_child=self.pieces,
                )
            try:
                return self._pool.submit(function, *args).result(self.timeout)
            except (FutureTimeout, BrokenProcessPool, MemoryError) as error:
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


def _prepare() -> None:
    """Ctrl-C is the service's to handle; and a service that was killed leaves no process behind."""
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent,), daemon=True).start()


def _exit_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(0)
