"""What patients tell whoever was wired at composition, inside their transaction."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field


class Merging(Struct, frozen=True):
    """Two patients are to be one: who hears it and cannot have that refuses."""

    kept_id: int
    merged_id: int


class Merged(Struct, frozen=True):
    """
    Two patients were one and the same: who hears it lets its rows follow the kept.

    `moved` says by table which rows went.
    """

    kept_id: int
    merged_id: int
    now: datetime
    moved: dict[str, list[int]] = field(default_factory=dict)


class Parted(Struct, frozen=True):
    """They were two after all: the rows that were moved then go back."""

    kept_id: int
    merged_id: int
    moved: Mapping[str, list[int]]
