"""`make bench`: runs every tests/bench/bench_*.py and writes bench/results.json.

Each has `run()`, plain or async, that answers rows {name, value, reference, ratio, target, unit}: `value` is ours,
`reference` what it is compared with in the same run. Names given as arguments pick single files: `-m tests.bench bus`.
"""

import inspect
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import uvloop

FOLDER = Path(__file__).parent
RESULTS = FOLDER.parents[1] / "bench/results.json"


def machine() -> dict[str, Any]:
    """What it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def rows_of(name: str) -> list[dict[str, Any]]:
    found = import_module(f"tests.bench.{name}").run()
    # The event loop of the services.
    rows: list[dict[str, Any]] = uvloop.run(found) if inspect.iscoroutine(found) else found
    return rows


def main(wanted: list[str]) -> None:
    names = sorted(path.stem for path in FOLDER.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or name.removeprefix("bench_") in wanted]
    known = json.loads(RESULTS.read_text())["rows"] if RESULTS.exists() and wanted else {}
    report = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "rows": known}
    for name in chosen:
        print(f"{name} …", flush=True)
        report["rows"][name] = rows_of(name)
        for row in report["rows"][name]:
            print(f"  {row['name']}: {row['value']:.4g} {row['unit']}, reference {row['reference']:.4g}, "
                  f"ratio {row['ratio']:.3f} (target {row['target']})", flush=True)  # fmt: skip
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
