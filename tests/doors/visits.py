"""What tests of a visit's own page need: its secret, as its patient was told it."""

from datetime import time

from app.booking import internal as booking
from app.booking import queries, service
from app.booking.views import AppointmentView, NewWaiting
from app.core.actor import SYSTEM
from tests.doors.world import NOW, World
from tests.factories import MONDAY


def secret_of(told: AppointmentView, which: int = 0) -> str:
    """Give the secret of one who takes part in an appointment."""
    number = booking.of_appointment(told.id)[which].participant_id
    return booking.secrets([number])[number]


def waiting_offer(world: World) -> AppointmentView:
    """Let Asha wait for a place of the Monday, and offer her what is free."""
    wishes = NewWaiting(
        world.kochi.public_id,
        world.asha.public_id,
        world.visit.public_id,
        resource_id=world.rao.public_id,
        first_day=MONDAY,
        last_day=MONDAY,
        earliest=time(15),
        latest=time(17),
    )
    entry = service.join_waitlist(wishes, by=SYSTEM, now=NOW)
    service.offer_freed(by=SYSTEM, now=NOW)
    found = {each.id: each for each in queries.waitlist(world.kochi, by=SYSTEM)}
    offer = found[entry.id].offer
    assert offer is not None
    return offer.appointment
