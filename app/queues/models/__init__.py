"""Rows of the room; nobody outside of it may import them."""

from app.queues.models.boards import Board, BoardShow
from app.queues.models.line import Counter, Queue, QueueAct, QueueChange, QueueEntry
from app.queues.models.policies import QueueLevel, QueuePolicy
from app.queues.models.visits import CheckIn, Encounter, Slip

__all__ = [
    "Board",
    "BoardShow",
    "CheckIn",
    "Counter",
    "Encounter",
    "Queue",
    "QueueAct",
    "QueueChange",
    "QueueEntry",
    "QueueLevel",
    "QueuePolicy",
    "Slip",
]
