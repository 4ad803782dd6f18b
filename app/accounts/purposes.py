"""What a phone is proved for: a code sent for one thing opens nothing else."""

from enum import StrEnum


class Purpose(StrEnum):
    IDENTITY = "identity"
