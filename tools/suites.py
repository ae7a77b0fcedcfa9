"""All tests: every suite to its end, whatever becomes of the others, and what each took.

    python tools/suites.py [argument of pytest …]

Much of a test's time is waiting, so lanes run side by side; the suites of one lane follow each other. What drives a
whole platform is spread over two lanes. All share one PostgreSQL and one RabbitMQ.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from kontor_testing.postgres import fast_folder, postgres_server
from kontor_testing.rabbitmq import rabbitmq_server

# With RabbitMQ goes what starts platforms of its own: both halves take about the same time, and each starts one for the stories.
_SECOND = "rabbitmq or (resilience and not postgres)"
# Half of a test's time is waiting for the database and for mails: twice as many workers as processors.
_SPREAD = ("-n", str(min(2 * (os.cpu_count() or 1), 6)), "--dist", "loadfile")
LANES = (
    (("units and services", (*_SPREAD, "libs", "services")),),
    # Not spread: each worker would collect them all, which takes as long as running them.
    (("contract and deployment", ("tests/contract", "tests/deploy")),),
    (("end to end, first half", ("tests/e2e", "-k", f"not ({_SECOND})")), ("faults", ("tests/faults",))),
    (("end to end, second half", ("tests/e2e", "-k", _SECOND)), ("security", ("tests/security",))),
)
# As pytest ends with it: nothing was selected.
_NOTHING = 5
_said = Lock()


@dataclass
class Result:
    suite: str
    code: int
    seconds: float
    # Seconds of processor time of the suite and all that it started and waited for; PostgreSQL and RabbitMQ are not in it.
    processor: float
    output: str

    @property
    def passed(self) -> bool:
        return self.code in (0, _NOTHING)

    @property
    def closing(self) -> str:
        """Pytest's last line without its frame, e.g. 12 passed in 3.40s."""
        return next((line.strip("= ") for line in reversed(self.output.splitlines()) if line), "")

    @property
    def failures(self) -> list[str]:
        return re.findall(r"^(?:FAILED|ERROR) .*", self.output, re.MULTILINE)


def run(suite: str, arguments: tuple[str, ...], more: list[str], folder: Path, environment: dict[str, str]) -> Result:
    base = folder / suite.replace(" ", "-").replace(",", "")
    command = [sys.executable, "-m", "pytest", *arguments, f"--basetemp={base}", *more]
    started = time.monotonic()
    print(f"started: {suite}", flush=True)
    with tempfile.TemporaryFile("w+", dir=folder) as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read()
    processor = used.ru_utime + used.ru_stime
    result = Result(suite, process.returncode, time.monotonic() - started, processor, said)
    with _said:
        print(f"\n######## {suite}\n{said}", flush=True)
    return result


def main(more: list[str]) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=fast_folder(), ignore_cleanup_errors=True)))
        # The embedded PostgreSQL runs as a user of its own.
        folder.chmod(0o755)
        rabbitmq = stack.enter_context(rabbitmq_server())
        # Each of the hundreds of processes would compile all it imports.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
            "KONTOR_TEST_POSTGRES_URL": stack.enter_context(postgres_server()),
            "KONTOR_TEST_AMQP_URL": rabbitmq.url(),
            "KONTOR_TEST_RABBITMQ_API": rabbitmq.management,
            "KONTOR_TEST_RUN": str(os.getpid()),
        }
        started, busy = time.monotonic(), _machine_busy()
        with ThreadPoolExecutor(len(LANES)) as pool:
            lanes = pool.map(lambda lane: [run(*suite, more, folder, environment) for suite in lane], LANES)
            results = [result for lane in lanes for result in lane]
    print("\n######## all suites: minutes, minutes of processor time")
    for result in results:
        for line in result.failures:
            print(line)
    for result in results:
        verdict = "" if result.passed else "FAILED: "
        times = f"{_minutes(result.seconds):>6}{_minutes(result.processor):>7}"
        print(f"{result.suite:<26}{times}   {verdict}{result.closing}")
    together = f"{_minutes(time.monotonic() - started):>6}{_minutes(_machine_busy() - busy):>7}"
    print(f"{'together, whole machine':<26}{together}", flush=True)
    return 0 if all(result.passed for result in results) else 1


def _machine_busy() -> float:
    """Seconds of processor time that the whole machine has spent since it started, PostgreSQL and browsers as well (proc(5))."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + sum(interrupts[:2])) / os.sysconf("SC_CLK_TCK")


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
