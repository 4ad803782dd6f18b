"""
Commands of `baari` as a shell runs them: words, pipes, exit statuses.

Each is a process of its own, forked from one that has loaded everything, because the
loading takes ten times longer than most commands. `tests/ops` starts them for real.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.settings import PROJECT

LOADED = ["wsgi", "app.cli.base", "app.cli.commands", "app.factory", "beckn"]
ENDS_WITHIN_S = 120

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(LOADED)


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int | None
    stdout: str
    stderr: str


def run(
    words: tuple[str, ...], environ: Mapping[str, str], typed: str, at: Path
) -> Done:
    """Run `baari` with these words; `at` is a folder for its pipes."""
    (at / "0").write_text(typed, encoding="utf-8")
    child = _forks.Process(target=_be, args=(words, dict(environ), at))
    child.start()
    child.join(ENDS_WITHIN_S)
    ended = child.exitcode
    child.kill()
    child.join()
    out, err = ((at / name).read_text(encoding="utf-8") for name in "12")
    return Done(ended, out, err)


def _be(words: tuple[str, ...], environ: dict[str, str], at: Path) -> None:
    made = os.O_WRONLY | os.O_CREAT
    for number, how in enumerate((os.O_RDONLY, made, made)):
        os.dup2(os.open(at / str(number), how, 0o600), number)
    # multiprocessing gave its forks another standard input.
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - as long as the process lives
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(PROJECT)
    sys.argv = ["baari", *words]
    import wsgi  # noqa: PLC0415 - loaded before the fork

    wsgi.command()
