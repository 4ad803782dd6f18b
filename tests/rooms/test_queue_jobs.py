"""What time brings to queues comes round by itself: the jobs of the worker."""

from datetime import timedelta

from app.booking import queries as bookings
from app.booking.states import Status
from app.core.actor import SYSTEM
from app.jobs.schedule import PERIODIC
from app.queues import queries
from app.queues.kinds import EntryIs
from tests.factories import local
from tests.rooms.lobby import TEN, open_lobby


def test_who_did_not_come_is_marked(session, time_machine):
    lobby = open_lobby()
    lobby.policy(no_show_minutes=30)
    told = lobby.token()

    time_machine.move_to(told.span.end + timedelta(minutes=30), tick=False)
    PERIODIC["no_shows"].act()

    assert bookings.appointment(told.id, by=SYSTEM).status is Status.NO_SHOW


def test_a_day_that_is_over_is_closed(session, time_machine):
    lobby = open_lobby()
    waiting = lobby.walks_in(TEN, "A")

    late = local(0) + timedelta(days=1, hours=7)
    time_machine.move_to(late, tick=False)
    PERIODIC["close_days"].act()

    assert queries.entry(waiting.id, by=SYSTEM, now=late).state is EntryIs.NO_SHOW
