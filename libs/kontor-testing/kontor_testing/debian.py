"""Installing what tests need, where we may: Debian or Ubuntu, as root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_POLICY = Path("/usr/sbin/policy-rc.d")


def may_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Installs Debian packages without starting their servers: tests bring their own. Raises CalledProcessError."""
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=True, env=environment)
        subprocess.run(["apt-get", "install", "-qy", "--no-install-recommends", *packages], check=True, env=environment)
    finally:
        if ours:
            _POLICY.unlink()
