"""A resource of capacity n refuses exactly when some moment is full, buffers too."""

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.booking import service
from app.booking.errors import SlotTakenError
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local

wishes = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)), min_size=12, max_size=25
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(1, 4), st.sampled_from([0, 5, 15]), wishes)
def test_random_spans_against_counting_the_minutes(session, capacity, buffer, wanted):
    place, why = make.facility(), make.kind()
    room = make.resource(
        place, ResourceKind.ROOM, capacity=capacity, buffer_after=buffer
    )
    make.hours(place, room)
    running = dict.fromkeys(range(24 * 60), 0)
    for start, length in wanted:
        minutes = range(start * 5, (start + length) * 5 + buffer)
        begin = local(9) + timedelta(minutes=start * 5)
        order = make.timed_order(
            place,
            room,
            why,
            None,
            begin,
            ends_at=begin + timedelta(minutes=length * 5),
        )
        try:
            service.book_timed(order, by=SYSTEM, now=NOW)
            refused = False
        except SlotTakenError:
            refused = True

        assert refused == any(running[each] >= capacity for each in minutes)
        if not refused:
            for each in minutes:
                running[each] += 1
