"""Acts on availability: set hours, take time away or add it, repair a machine."""

from app.availability.excepting import add_exception, revoke_exception
from app.availability.repairing import add_maintenance, revoke_maintenance
from app.availability.scheduling import edit_session, set_schedule

__all__ = [
    "add_exception",
    "add_maintenance",
    "edit_session",
    "revoke_exception",
    "revoke_maintenance",
    "set_schedule",
]
