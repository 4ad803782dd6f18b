"""
Booking as a person would explain it: minutes, lists and counting, and nothing else.

Times are minutes since midnight of the first day, on the facility's clock. Each act
answers what should come of it, "ok" or the code of the refusal, and remembers it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

OK = "ok"
DAY = 24 * 60
DAYS = (0, 1)
TOKENS = 2
SLOT = 30
CAPACITY = {"rao": 1, "chairs": 2, "theatre": 1}
AFTER = {"rao": 0, "chairs": 0, "theatre": 10}
# Dr Rao works in two places, whose hours overlap: she has one timeline all the same.
OPEN = {
    ("kochi", "rao"): (11 * 60, 14 * 60),
    ("kochi", "chairs"): (9 * 60, 14 * 60),
    ("kochi", "theatre"): (9 * 60, 14 * 60),
    ("aluva", "rao"): (13 * 60 + 30, 15 * 60),
}
SESSIONS = {"kochi": (9 * 60, 10 * 60 + 30), "aluva": (12 * 60 + 30, 13 * 60 + 30)}

TAKES = ("held", "requested", "scheduled")


def slots(place: str) -> list[int]:
    """Give the starts of a place's token slots, of all days."""
    first, last = SESSIONS[place]
    return [day * DAY + start for day in DAYS for start in range(first, last, SLOT)]


@dataclass(frozen=True)
class Part:
    resource: str
    start: int
    end: int


@dataclass(eq=False)
class Booking:
    """A booking as the model has it; `slot` is where a token's slot starts."""

    place: str
    resource: str
    status: str
    parts: tuple[Part, ...] = ()
    slot: int | None = None
    until: int = 0
    key: str | None = None
    number: tuple[tuple[str, int], int] | None = None
    id: object = None

    @property
    def start(self) -> int:
        return self.parts[0].start if self.slot is None else self.slot

    @property
    def end(self) -> int:
        return self.parts[0].end if self.slot is None else self.slot + SLOT


@dataclass
class Model:
    """All bookings, the clock, and the numbers given out."""

    now: int = 9 * 60 + 35
    bookings: list[Booking] = field(default_factory=list)
    last: dict[tuple[str, int], int] = field(default_factory=dict)

    def status(self, booking: Booking) -> str:
        """Tell a status as it counts: a hold whose time is over holds nothing."""
        lapsed = booking.status == "held" and booking.until <= self.now
        return "expired" if lapsed else booking.status

    def takes(self, booking: Booking) -> bool:
        return self.status(booking) in TAKES

    def in_slot(self, place: str, slot: int, but: Booking | None = None) -> int:
        """Count a slot's tokens; who did not come has had theirs."""
        return sum(
            (self.takes(each) or each.status == "no_show")
            for each in self.bookings
            if (each.place, each.slot) == (place, slot) and each is not but
        )

    def busy(self, resource: str, but: Booking | None = None) -> Iterator[range]:
        """Give the minutes each claim of a resource takes, as often as it takes one."""
        for each in self.bookings:
            for part in each.parts:
                if part.resource == resource and each is not but and self.takes(each):
                    yield range(part.start, part.end + AFTER[resource])
        if resource == "rao":
            for place in SESSIONS:
                for slot in slots(place):
                    if self.in_slot(place, slot, but):
                        yield range(slot, slot + SLOT)

    def full(self, resource: str, but: Booking | None = None) -> set[int]:
        """Give the minutes at which nothing more fits."""
        claims = list(self.busy(resource, but))
        minutes = {minute for claim in claims for minute in claim}
        return {
            minute
            for minute in minutes
            if sum(minute in claim for claim in claims) >= CAPACITY[resource]
        }

    def left(self, place: str, slot: int) -> int:
        """Tell the places left in a slot: none where a booking lies over it."""
        own = self.in_slot(place, slot)
        if not own and self.full("rao") & set(range(slot, slot + SLOT)):
            return 0
        return TOKENS - own

    def free(self, place: str, resource: str, day: int) -> set[int]:
        """Give the minutes from now on in which somebody could be booked."""
        start, end = OPEN[place, resource]
        soon = -(-self.now // 5) * 5
        taken = self.full(resource)
        if resource == "rao":
            taken |= {m for slot in slots(place) for m in range(slot, slot + SLOT)}
        return {
            minute
            for minute in range(max(day * DAY + start, soon), day * DAY + end)
            if not taken & set(range(minute, minute + AFTER[resource] + 1))
        }

    def take_token(self, booking: Booking, but: Booking | None = None) -> str:
        """Say whether a token's place can be had."""
        assert booking.slot is not None
        if booking.end <= self.now:
            return "over"
        there = self.in_slot(booking.place, booking.slot, but)
        if there >= TOKENS:
            return "slot_full"
        minutes = set(range(booking.slot, booking.end))
        if not there and self.full("rao", but) & minutes:
            return "slot_taken"
        return OK

    def take_timed(self, booking: Booking, but: Booking | None = None) -> str:
        """Say whether every part of a timed booking can be had."""
        if booking.end <= self.now:
            return "over"
        claims = [
            (p, set(range(p.start, p.end + AFTER[p.resource]))) for p in booking.parts
        ]
        if not all(self._offered(booking.place, part, own) for part, own in claims):
            return "not_offered"
        if any(self.full(part.resource, but) & own for part, own in claims):
            return "slot_taken"
        return OK

    def take(self, booking: Booking, but: Booking | None = None) -> str:
        if booking.slot is None:
            return self.take_timed(booking, but)
        return self.take_token(booking, but)

    def _offered(self, place: str, part: Part, claimed: set[int]) -> bool:
        hours = OPEN.get((place, part.resource))
        if hours is None:
            return False
        day = part.start // DAY * DAY
        inside = day + hours[0] <= part.start and part.end <= day + hours[1]
        tokens = part.resource == "rao" and any(
            claimed & set(range(slot, slot + SLOT)) for slot in slots(place)
        )
        return inside and not tokens

    def book(self, booking: Booking) -> str:
        """Let somebody book, request or hold a place."""
        former = self._former(booking.key)
        answer = self.take(booking, former)
        if answer == OK:
            if former is not None:
                former.status = "expired"
            self.bookings.append(booking)
            self._number(booking)
        return answer

    def confirm(self, booking: Booking) -> tuple[str, Booking]:
        """Let a hold become a booking; one that ran out takes its place anew."""
        if booking.status not in {"held", "expired"}:
            return "status", booking
        if self.status(booking) == "held":
            booking.status = "scheduled"
            self._number(booking)
            return OK, booking
        if booking.key is None:
            return "hold_lost", booking
        anew = Booking(
            booking.place, booking.resource, "scheduled", booking.parts, booking.slot
        )
        if self.take(anew) != OK:
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
        booking.status = to
        return OK

    def move(self, booking: Booking, to: Booking) -> str:
        """Let a booking go to another place, if that one can be had."""
        if booking.status not in TAKES:
            return "status"
        if self.status(booking) == "expired":
            return "hold_lost"
        if booking.slot is not None and booking.slot == to.slot:
            return OK if booking.end > self.now else "over"
        answer = self.take(to, booking)
        if answer == OK:
            booking.parts, booking.slot = to.parts, to.slot
            booking.resource = to.resource
            self._number(booking)
        return answer

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
