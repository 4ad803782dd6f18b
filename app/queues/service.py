"""Acts of queues: come, be called, go in, be done; and how a queue is ordered."""

from app.queues.boards import add_board, change_board
from app.queues.booked_slips import confirm_booked_print
from app.queues.calling import bring_back, call, call_next, hold, recall, skip
from app.queues.checking_in import check_in, mark_present, walk_in
from app.queues.closing import close_days, sweep_no_shows
from app.queues.counters import add_counter, change_counter
from app.queues.levels import add_level, change_level
from app.queues.oneself import come_oneself, scan
from app.queues.pausing import pause, resume, run_late
from app.queues.policies import save_policy
from app.queues.ranking import boost, prioritise
from app.queues.serving import complete, send_for_tests, start, transfer
from app.queues.slips import confirm_print
from app.queues.undoing import undo, undo_in_queue

__all__ = [
    "add_board",
    "add_counter",
    "add_level",
    "boost",
    "bring_back",
    "call",
    "call_next",
    "change_board",
    "change_counter",
    "change_level",
    "check_in",
    "close_days",
    "come_oneself",
    "complete",
    "confirm_booked_print",
    "confirm_print",
    "hold",
    "mark_present",
    "pause",
    "prioritise",
    "recall",
    "resume",
    "run_late",
    "save_policy",
    "scan",
    "send_for_tests",
    "skip",
    "start",
    "sweep_no_shows",
    "transfer",
    "undo",
    "undo_in_queue",
    "walk_in",
]
