"""What the drills share: a folder of their own, a result, and how it is told."""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """What a drill came to: `faults` must all be empty, `lacking` too."""

    counts: Mapping[str, Any]
    faults: Mapping[str, Sequence[Any]]
    lacking: Sequence[str] = ()

    @property
    def is_clean(self) -> bool:
        return not self.lacking and not any(self.faults.values())


@contextmanager
def folder(drill: str) -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"baari-{drill}-") as name:
        root = Path(name).resolve()
        # The embedded PostgreSQL may run as another user, who must get in.
        root.chmod(0o711)
        yield root


def report(result: Result) -> str:
    """Write a result down for whoever looks on."""
    counts = (f"{name:24}{number:>7}" for name, number in result.counts.items())
    return "\n".join([*counts, "", *wrong(result)])


def wrong(result: Result) -> Iterator[str]:
    """Write down what a drill found, a line each."""
    for name, found in result.faults.items():
        yield f"{name:24}{len(found):>7}"
        yield from (f"    {each}" for each in found[:5])
    yield from (f"too little: {each}" for each in result.lacking)


def tell(
    drill: str,
    what: str,
    run: Callable[[str], Result],
    write: Callable[[Result], str] = report,
) -> int:
    """Run a drill by the dice of SEED=, print the result, and tell it as a status."""
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    print(f"{drill}: {what}, SEED={seed}", flush=True)
    result = run(seed)
    print(write(result))
    print(f"{drill}: clean" if result.is_clean else f"{drill}: NOT clean")
    return 0 if result.is_clean else 1
