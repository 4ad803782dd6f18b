"""What goes from one to another in the network, as each side saw it."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

ACK, NACK = "ACK", "NACK"


def short(name: str) -> str:
    """Give the first part of the name of somebody in this network."""
    return name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Line:
    """
    One message, and what became of it.

    `ms` is how long the answer to it took, or how long after its question it came;
    none of what came unasked.

    `keys` are those that signed it and were believed, as "who|key"; `flaw` says why
    they were not.
    """

    at: datetime
    sender: str
    receiver: str
    action: str
    answer: str
    keys: tuple[str, ...]
    ms: float | None
    says: str = ""
    flaw: str = ""
    transaction: str = ""
    raw: bytes = field(default=b"", repr=False)

    @property
    def verified(self) -> bool:
        return bool(self.keys) and not self.flaw

    @property
    def way(self) -> str:
        """Say from whom to whom, by their short names."""
        return f"{short(self.sender)} → {short(self.receiver)}"

    @property
    def took(self) -> str:
        return "unasked" if self.ms is None else f"{self.ms:.1f} ms"

    @property
    def pretty(self) -> str:
        """Write the message out, for people."""
        return json.dumps(json.loads(self.raw or b"{}"), indent=2, ensure_ascii=False)

    def told(self) -> dict[str, Any]:
        """Give what a record keeps of it."""
        return {
            "at": self.at.isoformat(),
            "from": self.sender,
            "to": self.receiver,
            "action": self.action,
            "answer": self.answer,
            "keys": list(self.keys),
            "verified": self.verified,
            "flaw": self.flaw,
            "ms": self.ms,
            "says": self.says,
            "transaction": self.transaction,
            "body": json.loads(self.raw or b"{}"),
        }


class Wire:
    """All lines in the order in which they were written; `heard` hears of each."""

    def __init__(self, heard: Callable[[Line], None]) -> None:
        self._heard = heard
        self._lines: list[Line] = []
        self._alone = threading.Lock()

    def write(self, line: Line) -> None:
        """Keep a line; whoever asks from any thread sees it whole."""
        with self._alone:
            self._lines.append(line)
            self._heard(line)

    @property
    def lines(self) -> list[Line]:
        with self._alone:
            return list(self._lines)

    def of(self, transaction: str) -> list[Line]:
        """Give what was said in one transaction."""
        return [each for each in self.lines if each.transaction == transaction]
