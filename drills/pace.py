"""Time at another pace: holds of minutes run out within a drill of seconds."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core import clock

_NAME = "DRILL_PACE"
# One second of the drill is a minute of the hospital.
FACTOR = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Since the moment `base` (seconds since 1970) time goes `factor` times as fast."""

    base: float
    factor: float = FACTOR

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Pace":
        """Read what the drill told its processes."""
        base, factor = environ[_NAME].split()
        return cls(float(base), float(factor))

    def environ(self) -> dict[str, str]:
        """Give the variable from which a process of the drill reads this pace."""
        return {_NAME: f"{self.base!r} {self.factor!r}"}

    def at(self, real: float) -> datetime:
        """Tell which moment it is in the hospital at a real one."""
        told = self.base + (real - self.base) * self.factor
        return datetime.fromtimestamp(told, UTC)

    def real(self, moment: datetime) -> float:
        """Tell at which real moment the hospital gets there."""
        return self.base + (moment.timestamp() - self.base) / self.factor

    def now(self) -> datetime:
        """Tell the hospital's present moment."""
        return self.at(time.time())


def keep() -> Pace:
    """Let this process live at the pace the drill told it."""
    pace = Pace.from_environ(os.environ)
    clock.now = pace.now
    return pace
