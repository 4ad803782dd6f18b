"""What higher rooms call: how long people waited."""

from app.queues.measuring import Split, Waited, waits

__all__ = ["Split", "Waited", "waits"]
