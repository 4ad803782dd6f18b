"""How other sites lead into booking: to one doctor, or to those of a department."""

from flask import request
from msgspec import Struct

from app.directory.views import ResourceView


class Entry(Struct, frozen=True):
    """
    Where a link leads: to a doctor's code, or to whom it wants shown.

    `part` is the department that is shown alone; `gone` says that a link named somebody
    or something that cannot be booked online, or not any more.
    """

    shown: list[ResourceView]
    doctor: str = ""
    part: str = ""
    gone: bool = False


def read(every: list[ResourceView]) -> Entry:
    """Read whom an address asks for among all who can be booked here."""
    doctor, part = request.args.get("doctor", ""), request.args.get("department", "")
    if doctor:
        known = any(each.code == doctor for each in every)
        return Entry(every, doctor=doctor) if known else Entry(every, gone=True)
    wanted = part.strip().casefold()
    found = [each for each in every if each.department.casefold() == wanted]
    if wanted and found:
        return Entry(found, part=found[0].department)
    return Entry(every, gone=bool(wanted))
