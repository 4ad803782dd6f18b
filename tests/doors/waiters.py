"""Those who wait for a place, as the doors find them."""

from msgspec.structs import replace

from app.booking import queries
from app.booking import service as booking
from app.booking.views import NewWaiting
from app.core.actor import SYSTEM
from tests import factories as make
from tests.doors.world import MONDAY, NOW

LIST = "/waitlist/kochi"


def wishes(world, name="Asha", **fields):
    order = NewWaiting(
        facility_id=world.kochi.public_id,
        patient_id=make.patient(name).public_id,
        type_id=world.visit.public_id,
        first_day=MONDAY,
        last_day=MONDAY,
    )
    return replace(order, **fields)


def wait(world, name="Asha", **fields):
    return booking.join_waitlist(wishes(world, name, **fields), by=SYSTEM, now=NOW)


def listed(world):
    return queries.waitlist(world.kochi, by=SYSTEM)
