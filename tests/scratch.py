"""
Where a test run keeps its files: in memory, where there is room for them.

Its servers make and remove some hundred databases of a thousand files each. On a disk
that others use too, one takes seconds, and here a tenth of one. What a killed process
leaves is the same in both.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
# About what a whole run has at once; containers often have 64 MB there.
NEEDED = 3 * 1024**3


def use_memory() -> None:
    """Keep files of this process and its children in memory, unless told where."""
    if "TMPDIR" in os.environ or not _has_room():
        return
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None


def _has_room() -> bool:
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= NEEDED
