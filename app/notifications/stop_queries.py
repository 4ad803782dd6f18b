"""What is read by who holds the secret of a patient's messages."""

from app.notifications.stopping import StopView, stop_of

__all__ = ["StopView", "stop_of"]
