"""Every section a hospital's file may have, one line each."""

from collections.abc import Callable, Iterator, Mapping

from app.directory.kinds import ResourceKind
from app.exchange.desk import Item
from app.exchange.entry import Entry
from app.exchange.sections import hours, people, places, sets, things, visits

Reader = Callable[[Entry], Iterator[Item]]

SECTIONS: Mapping[str, Reader] = {
    "facilities": places.facility,
    "types": places.appointment_type,
    "users": people.user,
    "practitioners": things.reader(ResourceKind.PRACTITIONER, "practitioners"),
    "rooms": things.reader(ResourceKind.ROOM, "rooms"),
    "chairs": things.reader(ResourceKind.CHAIR, "chairs"),
    "locations": things.reader(ResourceKind.LOCATION, "locations"),
    "equipment": things.reader(ResourceKind.EQUIPMENT, "equipment"),
    "teams": sets.team,
    "patients": people.patient,
    "schedules": hours.schedule,
    "exceptions": hours.exception,
    "maintenance": hours.maintenance,
    "procedures": sets.procedure,
    "bookings": visits.booking,
    "tokens": visits.token,
}
