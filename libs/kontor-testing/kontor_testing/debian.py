"""Installing what tests need, where we may: Debian or Ubuntu, as root."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Workers that start together would get in each other's way.
_LOCK = Path(tempfile.gettempdir()) / "kontor-apt.lock"
_POLICY = Path("/usr/sbin/policy-rc.d")


def may_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str, program: str = "") -> str:
    """Installs the Debian package unless somebody else just has, without starting its servers: tests bring their own.

    Answers the path of the program, of the package's name unless given. Raises CalledProcessError.
    """
    program = program or package
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shutil.which(program):
            _install(package)
    return shutil.which(program) or program


def _install(package: str) -> None:
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=True, env=environment)
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", package], check=True, env=environment)
    finally:
        if ours:
            _POLICY.unlink()
