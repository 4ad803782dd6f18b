"""A doctor's clinic of tokens, and times booked over them."""

from datetime import time, timedelta

from app.booking import queries, service
from app.core.actor import SYSTEM
from tests import factories as make
from tests.factories import MONDAY, NOW, local


class Clinic:
    """A doctor who gives tokens from ten to twelve and takes times from two on."""

    def __init__(self, tokens=2, **more):
        self.place = make.facility()
        self.rao = self.doctor(self.place, token_prefix="A")
        self.visit = make.kind(minutes=30)
        opd = make.opd(tokens=tokens, **more)
        make.hours(self.place, self.rao, opd, make.open_time(time(14)))

    def doctor(self, place, **fields):
        """Make the doctor, who does not sign in."""
        return make.resource(place, **fields)

    def token(self, *at, day=MONDAY, **fields):
        order = make.token_order(
            self.place,
            self.rao,
            self.visit,
            make.patient(),
            local(*at, day=day),
            **fields,
        )
        return service.book_token(order, by=SYSTEM, now=NOW)

    def order(self, *at, minutes=30, **fields):
        start = local(*at)
        return make.timed_order(
            self.place,
            self.rao,
            self.visit,
            make.patient(),
            start,
            ends_at=start + timedelta(minutes=minutes),
            **fields,
        )

    def override(self, *at, by=SYSTEM, **fields):
        return service.book_over_slots(
            self.order(*at, **fields), "Urgent review", by=by, now=NOW
        )

    def slot(self, *at):
        """Give a slot of Monday as the day's list shows it."""
        column = queries.slots(
            self.place.public_id, self.rao.public_id, MONDAY, by=SYSTEM, now=NOW
        )
        return next(s for s in column.slots if s.span.start == local(*at))
