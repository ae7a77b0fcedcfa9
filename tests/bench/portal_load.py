"""What benchmarks of the portal's pages share: a gateway in a process of its own with a copy to fill, and wrk as its readers."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from kontor.identity.v1 import identity_pb2
from kontor_edge import Views
from kontor_events.registry import type_of
from kontor_gateway.views import SHAPE
from kontor_service.ids import uuid7
from kontor_service.provision import ServiceDatabase
from kontor_testing.debian import install, may_install
from kontor_testing.serving import free_port

CLIENTS = 16
_SECRET = "bench-" + "x" * 32


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests per second, and milliseconds within which 50 and 99 of 100 were answered."""

    rate: float
    p50: float
    p99: float


def find_wrk() -> str:
    """wrk's path; installed first where we may. RuntimeError otherwise."""
    if (path := shutil.which("wrk")) is None and may_install():
        install("wrk")
        path = shutil.which("wrk")
    if path is None:
        raise RuntimeError("This benchmark needs wrk (Debian: sudo apt-get install wrk).")
    return path


def load(wrk: str, url: str, script: Path | None, seconds: int, clients: int = CLIENTS) -> Load:
    command = [wrk, "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", *(["-s", str(script)] if script else []), url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx|Socket errors", text):
        raise RuntimeError(text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    assert rate is not None, text
    return Load(float(rate[1]), _within(50, text), _within(99, text))


def _within(percent: int, text: str) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", text)
    assert found is not None, text
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


@contextmanager
def serve_gateway(database: ServiceDatabase, server: str, module: str = "kontor_gateway") -> Iterator[str]:
    nobody = f"http://127.0.0.1:{free_port()}"
    settings = {
        "ENVIRONMENT": "development", "DATABASE_URL": database.runtime, "COPY_DATABASE_URL": str(database.copy),
        "BUS_URL": server, "SERVICE_SECRET": _SECRET, "LOG_LEVEL": "WARNING",
        "SERVICE_URL": nobody,
    }  # fmt: skip
    port, management = free_port(), free_port()
    settings |= {"PORT": str(port), "MANAGEMENT_PORT": str(management)}
    environment = {f"KONTOR_{name}": value for name, value in settings.items()}
    with process([sys.executable, "-m", module], environment, f"http://127.0.0.1:{management}/health/ready"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def process(command: list[str], environment: dict[str, str], probe: str) -> Iterator[str]:
    """Runs it until the block ends; begins when the probe answers 200. Yields the probe's origin."""
    started = subprocess.Popen(command, env=os.environ | environment)
    try:
        deadline = time.monotonic() + 120
        while not _answers(probe):
            if started.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command} did not start")
            time.sleep(0.1)
        yield probe.rsplit("/", 2)[0]
    finally:
        started.terminate()
        started.wait(30)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


async def fresh_copy(database: ServiceDatabase, types: Collection[str] = ()) -> UUID:
    """An empty copy with its merchant, who shows documents of these types."""
    pool = await asyncpg.create_pool(str(database.copy), min_size=1, max_size=2)
    views, merchant = Views(pool, SHAPE), uuid7()
    await views.open()
    shown = [identity_pb2.DocumentTypeSettings(type=name, visible=True, can_pay=True) for name in sorted(types)]
    state = identity_pb2.Merchant(
        id=str(merchant), merchant_id=str(merchant), epoch=1, version=1, name="Brunner Haustechnik", slug="bench",
        portal_enabled=True, language="de", time_zone="Europe/Berlin", accent_color="#0b5d4e", document_types=shown,
    )  # fmt: skip
    await views.apply([Fact(identity_pb2.MerchantSnapshot(merchant=state))])
    await pool.execute("UPDATE identity_heartbeat SET heard_at = now() + interval '1 day'")
    await views.announcer.close()
    pool.terminate()
    return merchant


def session(merchant: UUID, customer: UUID, number: int) -> dict[str, Any]:
    """Of the customer, under the cookie bench-<number>."""
    return {
        "hash": sha256(f"bench-{number}".encode()).hexdigest(), "id": str(uuid7()), "kind": "portal",
        "merchant_id": str(merchant), "slug": "bench", "name": "Anna Seidel", "email": "", "language": "de",
        "customers": [str(customer)], "rights": ["documents:read"], "epoch": 1, "version": 1, "revoked": False,
        "seen_at": datetime.now(UTC).isoformat(),
        **{name: (datetime.now(UTC) + timedelta(days=1)).isoformat() for name in ("ends_at", "expires_at")},
    }  # fmt: skip


class Fact:
    def __init__(self, message: Any) -> None:
        self.type, self.body = type_of(message), message.SerializeToString()
