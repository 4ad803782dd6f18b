"""
Booking as a person would explain it, on top of plain places.

Each act answers what should come of it, "ok" or the code of the refusal, and remembers
it.
"""

from dataclasses import dataclass, replace

from tests.rooms.plain_places import DAY, OK, SLOT, TAKES, UNDO_WITHIN, Booking, Places


@dataclass
class Model(Places):
    """What may be done with bookings, and what comes of it."""

    def book(self, booking: Booking, way: str = "") -> str:
        """Let somebody book, request or hold a place."""
        former = self._former(booking.key)
        answer = self.take(booking, former, way)
        if answer == OK:
            if former is not None:
                former.status = "expired"
            self.bookings.append(booking)
            self._number(booking)
        return answer

    def confirm(self, booking: Booking, who: str) -> tuple[str, Booking]:
        """Let a hold become a booking; one that ran out takes its place anew."""
        if booking.status not in {"held", "expired"}:
            return "status", booking
        if self.status(booking) == "held":
            if self.has_one(booking, who):
                return "rule", booking
            booking.status, booking.patient = "scheduled", who
            self._number(booking)
            return OK, booking
        if booking.key is None:
            return "hold_lost", booking
        anew = replace(
            booking, status="scheduled", key=None, patient=who, id=None, number=None
        )
        if self.take(anew, kept=True) != OK:
            return "hold_lost", booking
        booking.status, booking.key = "expired", None
        self.bookings.append(anew)
        self._number(anew)
        return OK, anew

    def extend(self, booking: Booking, minutes: int) -> str:
        if self.status(booking) != "held":
            return "hold_lost"
        booking.until = self.now + minutes
        return OK

    def release(self, booking: Booking) -> str:
        if booking.status not in {"held", "expired"}:
            return "status"
        booking.status = "expired"
        return OK

    def approve(self, booking: Booking) -> str:
        if booking.status != "requested":
            return "status"
        if booking.end <= self.now:
            return "over"
        booking.moved = ("requested", self.now)
        booking.status = "scheduled"
        self._number(booking)
        return OK

    def end(self, booking: Booking, to: str) -> str:
        """Let a booking be denied, cancelled, or not happen."""
        before = {
            "denied": {"requested"},
            "cancelled": {"requested", "scheduled"},
            "no_show": {"scheduled"},
        }
        if booking.status not in before[to]:
            return "status"
        booking.moved = (booking.status, self.now)
        booking.status = to
        self._left(booking)
        self.freed(booking)
        return OK

    def undo(self, booking: Booking) -> str:
        """Take the last change of a status back, with the place that it gave up."""
        if booking.moved is None or self.now - booking.moved[1] > UNDO_WITHIN:
            return "undo"
        if booking.status in {"cancelled", "denied"}:
            answer = self._again(booking)
            if answer != OK:
                return answer
        if booking.status == "no_show":
            if (booking.place, booking.slot) in self.closed:
                return "not_offered"
            if not self.clear(booking):
                return "slot_taken"
        booking.status, booking.moved = booking.moved[0], None
        self._left(booking)
        return OK

    def _again(self, booking: Booking) -> str:
        if booking.slot is not None:
            answer = self.take_token(booking)
            if answer != OK:
                return answer
        elif not self.offered(booking):
            return "not_offered"
        elif not self.clear(booking):
            return "slot_taken"
        return "rule" if self.day_full(booking) else OK

    def move(self, booking: Booking, to: Booking) -> str:
        """Let a booking go to another place, if that one can be had."""
        if booking.status not in TAKES:
            return "status"
        if self.status(booking) == "expired":
            return "hold_lost"
        before = replace(booking)
        if booking.slot is not None and booking.slot == to.slot:
            if booking.end <= self.now:
                return "over"
            self.freed(before)
            return OK
        answer = self._take_instead(booking, to)
        if answer == OK:
            self.put(booking, to)
            self._number(booking)
            self._left(before)
            self.freed(before)
        return answer

    def _take_instead(self, booking: Booking, to: Booking) -> str:
        """Say whether a place can be had instead; a day is counted once."""
        if to.end <= self.now:
            return "over"
        if to.slot is None and not self.offered(to):
            return "not_offered"
        early = self.early(to.place, to.start)
        if not early or self.has_one(to, booking.patient, booking):
            return "rule"
        if to.slot is not None:
            answer = self.take_token(to, booking)
            if answer != OK:
                return answer
        elif not self.clear(to, booking):
            return "slot_taken"
        stays = (booking.resource, booking.day) == (to.resource, to.day)
        return "rule" if not stays and self.day_full(to, booking) else OK

    def put(self, booking: Booking, to: Booking) -> None:
        booking.parts, booking.slot, booking.resource = to.parts, to.slot, to.resource
        booking.over, booking.moved = False, None

    def freed(self, booking: Booking) -> None:
        """Let whoever waits have the place that a booking left."""

    def _left(self, booking: Booking) -> None:
        """Open the slots again in whose time nothing stands, once a booking leaves."""
        if not booking.over:
            return
        standing = {minute for claim in self.busy("rao") for minute in claim}
        for place, slot in [*self.closed]:
            end = slot + SLOT
            near = booking.start - DAY < end and slot < booking.end + DAY
            if near and end > self.now and not standing & set(range(slot, end)):
                self.closed.remove((place, slot))

    def _former(self, key: str | None) -> Booking | None:
        """Give the live hold that a new one of the same key lets go."""
        found = (b for b in self.bookings if key is not None and b.key == key)
        return next((b for b in found if self.status(b) == "held"), None)

    def _number(self, booking: Booking) -> None:
        """Give the next number of the day, unless there is one of that day."""
        if booking.slot is None or booking.status != "scheduled":
            return
        series = (booking.place, booking.slot // DAY)
        if booking.number is None or booking.number[0] != series:
            self.last[series] = self.last.get(series, 0) + 1
            booking.number = (series, self.last[series])
