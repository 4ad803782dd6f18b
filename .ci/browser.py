"""Have a Chromium before tests start: two workers must not both install one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import chromium  # noqa: E402 - it lies with the tests, which need it too


def main() -> int:
    """Install Debian's Chromium where that may be done; else say what is left out."""
    if chromium.find() is None and _may_install():
        print("Installing Debian's chromium for the browser tests …", flush=True)
        _install()
    if chromium.find() is not None:
        return 0
    print(
        "Leaving out the browser tests (-m browser), for there is no Chromium here:"
        " install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/it.",
        file=sys.stderr,
    )
    return 1 if chromium.wanted_but_missing() else 0


def _may_install() -> bool:
    is_debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    return bool(is_debian) and os.geteuid() == 0


def _install() -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (
        ["update", "-qq"],
        ["install", "-qq", "-y", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(
            ["apt-get", *words],  # noqa: S607 - root's own path
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main())
