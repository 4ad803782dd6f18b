"""What patients tell whoever was wired at composition, inside their transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Merging:
    """Two patients are to be one: who hears it and cannot have that refuses."""

    kept_id: int
    merged_id: int


@dataclass(frozen=True, slots=True)
class Merged:
    """
    Two patients were one and the same: who hears it lets its rows follow the kept.

    `moved` says by table which rows went.
    """

    kept_id: int
    merged_id: int
    now: datetime
    moved: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parted:
    """They were two after all: the rows that were moved then go back."""

    kept_id: int
    merged_id: int
    moved: Mapping[str, list[int]]
