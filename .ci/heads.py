"""Refuse two newest migrations: whoever merges them must say which comes first."""

import sys
from pathlib import Path

from alembic.script import ScriptDirectory

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print the heads; there must be one."""
    heads = ScriptDirectory(str(ROOT / "migrations")).get_heads()
    print(f"migrations: newest is {' and '.join(heads) or 'missing'}")
    return 0 if len(heads) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
