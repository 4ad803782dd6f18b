"""
The night after a race: the job that looks for conflicts nobody wrote down finds none.

The auditor has read by then, for what the job finds it writes down.
"""

import os
from collections.abc import Callable
from typing import Any

from app.core import clock
from app.core.settings import Settings
from app.jobs.schedule import PERIODIC
from drills.aftermath import LATER
from drills.auditor import Connection
from drills.pace import Pace
from wsgi import create_app

_LAST = "SELECT coalesce(max(id), 0) FROM resource_conflicts"
_SINCE = """
  SELECT c.type, r.code, c.during::text, one.reference, two.reference
  FROM resource_conflicts c JOIN resources r ON r.id = c.resource_id
  JOIN appointments one ON one.id = c.appointment1_id
  LEFT JOIN appointments two ON two.id = c.appointment2_id
  WHERE c.id > %s ORDER BY c.id
"""


def unexplained(
    connection: Connection, look: Callable[[], object]
) -> list[tuple[Any, ...]]:
    """Give the conflicts that were on no list before a look."""
    (last,) = connection.execute(_LAST).fetchone() or (0,)
    look()
    return connection.execute(_SINCE, [last]).fetchall()


def main() -> None:
    """Do the job of the night, when all that the race held has run out."""
    pace = Pace.from_environ(os.environ)
    clock.now = lambda: pace.now() + LATER
    with create_app(Settings.from_environ(os.environ)).app_context():
        PERIODIC["conflicts"].act()


if __name__ == "__main__":
    main()
