"""
The table of moves as a page: `python -m app.booking.states_page > docs/states.md`.

A test compares the page with what this makes of the table.
"""

import sys

from app.booking import moves
from app.booking.states import MOVES, OF_A_VISIT, UNDOABLE, Status

_HEAD = """\
# The life of an appointment

Made from the table in `app/booking/states.py`; every pair is a test.

| from | to | who may |
|---|---|---|
"""


def page() -> str:
    """Write the table of moves down."""
    rows = [
        f"| {was} | {became} | `{permission}` |\n"
        for was, after in MOVES.items()
        for became, permission in after.items()
    ]
    return f"{_HEAD}{''.join(rows)}{_tail()}"


def _tail() -> str:
    ends = ", ".join(status for status in Status if not MOVES[status])
    visit = ", ".join(status for status in Status if status in OF_A_VISIT)
    back = ", ".join(status for status in Status if status in UNDOABLE)
    minutes = int(moves.WHILE.total_seconds() // 60)
    return f"""
Nothing leads out of {ends}, and every pair that is not in the table is refused.
What the source requirements call *approved* is `scheduled`. A hold expires by itself;
a request that nobody decided expires when its time has gone by.

The moves of a visit ({visit}) are made for each participant. With one
patient the appointment shows that patient's status; with several it derives its own:
it is in progress while one is in the room, or one is done and another still waits;
completed, no_show or cancelled when all have settled.

For {minutes} minutes who made the last move can take it back, if it led to one of
{back}. The place it gave up is taken again, or the
undo is refused; a number stays with whom it was given to.
"""


if __name__ == "__main__":
    sys.stdout.write(page())
