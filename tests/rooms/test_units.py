"""Units by their properties: refused exactly when some moment is full."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.booking.units import Held, colours, first_full, full_spans
from app.core.spans import Span

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def spans(draw):
    start, length = draw(st.integers(0, 60)), draw(st.integers(1, 30))
    return Span(
        EPOCH + timedelta(minutes=start), EPOCH + timedelta(minutes=start + length)
    )


def busiest(found):
    return max(
        (sum(other.holds(span.start) for other in found) for span in found), default=0
    )


@given(st.lists(spans(), max_size=25))
def test_as_many_numbers_are_used_as_run_at_the_busiest_moment(found):
    held = [Held(n, 0, span) for n, span in enumerate(found, 1)]

    numbered = colours(held)

    assert max(numbered.values(), default=0) == busiest(found)
    for one in held:
        for two in held:
            if one is not two and one.span.overlaps(two.span):
                assert numbered[one] != numbered[two]


@given(st.lists(spans(), max_size=20), spans(), st.integers(1, 4))
def test_a_span_is_refused_exactly_when_a_moment_of_it_is_full(found, wanted, capacity):
    near = [Held(n, 0, s) for n, s in enumerate(found, 1) if s.overlaps(wanted)]

    full = first_full(near, wanted, capacity)

    moments = [wanted.start + timedelta(minutes=n) for n in range(wanted.minutes)]
    most = max(sum(held.span.holds(moment) for held in near) for moment in moments)
    assert (full is not None) == (most >= capacity)


@given(st.lists(spans(), max_size=20), st.integers(1, 4))
def test_full_time_is_where_so_many_run_at_once(found, capacity):
    full = full_spans(found, capacity)

    for n in range(95):
        moment = EPOCH + timedelta(minutes=n)
        running = sum(span.holds(moment) for span in found)
        assert any(s.holds(moment) for s in full) == (running >= capacity)
