"""A theatre with a surgeon and a machine, its cases and its emergencies."""

from datetime import timedelta

from app.booking import displacement_queries, service
from app.booking.kinds import Priority, Rebook
from app.core.actor import SYSTEM
from app.directory.kinds import ResourceKind
from tests import factories as make
from tests.factories import NOW, local


class Theatre:
    """A theatre and a surgeon, both open from nine to five, and a machine."""

    def __init__(self, capacity=1):
        self.place = make.facility()
        self.ot = make.resource(
            self.place, ResourceKind.LOCATION, code="ot", capacity=capacity
        )
        self.surgeon = make.resource(self.place)
        self.arm = make.resource(self.place, ResourceKind.EQUIPMENT)
        for each in (self.ot, self.surgeon, self.arm):
            make.hours(self.place, each)
        self.surgery = make.kind(minutes=120)

    def order(self, *at, minutes=120, also=(), who=None, **fields):
        start = local(*at)
        return make.timed_order(
            self.place,
            self.ot,
            self.surgery,
            who or make.patient(),
            start,
            ends_at=start + timedelta(minutes=minutes),
            also=also,
            **fields,
        )

    def case(self, *at, priority=Priority.ELECTIVE, **fields):
        order = self.order(*at, priority=priority, **fields)
        return service.book_timed(order, by=SYSTEM, now=NOW)

    def emergency(self, *at, by=SYSTEM, now=NOW, **fields):
        fields = {"priority": Priority.EMERGENCY} | fields
        order = self.order(*at, **fields)
        return service.admit_emergency(order, "Ruptured spleen", by=by, now=now)

    def waiting(self):
        return displacement_queries.rebookings(
            self.place, by=SYSTEM, status=Rebook.OPEN
        )
