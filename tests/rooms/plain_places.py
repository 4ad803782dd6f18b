"""
Places as a person would explain them: minutes, lists and counting, and nothing else.

Times are minutes since midnight of the first day, on the facility's clock.
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

# Nobody books in Kochi so shortly before, nor more than so many with the doctor a day;
# in Aluva nobody has two bookings with her on a day, wherever the other one is.
LEAD = {"kochi": 15}
LIMIT = {("kochi", "rao"): 3}
ONE_ACTIVE = {("aluva", "rao")}
UNDO_WITHIN = 10

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
    """
    A booking as the model has it; `slot` is where a token's slot starts.

    `over` if it lies over closed slots, `entry` if it was offered to who waits; `moved`
    is the last change of its status, from where and when, as long as it stands.
    """

    place: str
    resource: str
    status: str
    parts: tuple[Part, ...] = ()
    slot: int | None = None
    until: int = 0
    key: str | None = None
    number: tuple[tuple[str, int], int] | None = None
    id: object = None
    patient: str | None = None
    over: bool = False
    entry: object = None
    moved: tuple[str, int] | None = None

    @property
    def start(self) -> int:
        return self.parts[0].start if self.slot is None else self.slot

    @property
    def end(self) -> int:
        return self.parts[0].end if self.slot is None else self.slot + SLOT

    @property
    def day(self) -> int:
        return self.start // DAY


def on_step(minute: int) -> int:
    """Round up to the next five minutes."""
    return -(-minute // 5) * 5


def claims_of(booking: Booking) -> list[tuple[Part, set[int]]]:
    """Give each part of a booking with the minutes it takes."""
    return [
        (part, set(range(part.start, part.end + AFTER[part.resource])))
        for part in booking.parts
    ]


@dataclass
class Places:
    """All bookings, the clock, and the numbers given out: what is free, and allowed."""

    now: int = 9 * 60 + 35
    bookings: list[Booking] = field(default_factory=list)
    last: dict[tuple[str, int], int] = field(default_factory=dict)
    closed: set[tuple[str, int]] = field(default_factory=set)

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
                    if (place, slot) in self.closed:
                        continue
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
        if (place, slot) in self.closed:
            return 0
        if not own and self.full("rao") & set(range(slot, slot + SLOT)):
            return 0
        return TOKENS - own

    def free(
        self, place: str, resource: str, day: int, since: int | None = None
    ) -> set[int]:
        """Give the minutes from soon on in which somebody could be booked."""
        start, end = OPEN[place, resource]
        soon = on_step(self.now) if since is None else since
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
        if (booking.place, booking.slot) in self.closed:
            return "not_offered"
        there = self.in_slot(booking.place, booking.slot, but)
        if there >= TOKENS:
            return "slot_full"
        minutes = set(range(booking.slot, booking.end))
        if not there and self.full("rao", but) & minutes:
            return "slot_taken"
        return OK

    def offered(self, booking: Booking) -> bool:
        """Say whether every part of a timed booking lies where time is offered."""
        return all(
            self._offered(booking.place, part, claim)
            for part, claim in claims_of(booking)
        )

    def clear(self, booking: Booking, but: Booking | None = None) -> bool:
        """Say whether nothing is in the way of a timed booking."""
        found = claims_of(booking)
        return not any(self.full(part.resource, but) & own for part, own in found)

    def early(self, place: str, start: int) -> bool:
        """Say whether it is early enough to book."""
        return self.now <= start - LEAD.get(place, 0)

    def counted(self, booking: Booking, but: Booking | None = None) -> int:
        """Count who is booked on a day; who did not come is counted as well."""
        asked = (booking.place, booking.resource, booking.day)
        return sum(
            (each.place, each.resource, each.day) == asked
            and (self.takes(each) or each.status == "no_show")
            for each in self.bookings
            if each is not but and each is not booking
        )

    def day_full(self, booking: Booking, but: Booking | None = None) -> bool:
        most = LIMIT.get((booking.place, booking.resource))
        return most is not None and self.counted(booking, but) >= most

    def refused(self, place: str, slot: int) -> bool:
        """Say whether a rule of the place refuses a slot, whoever would come."""
        full = self.day_full(Booking(place, "rao", "", slot=slot))
        return full or not self.early(place, slot)

    def has_one(
        self, booking: Booking, who: str | None, but: Booking | None = None
    ) -> bool:
        """Say whether a patient has another there that day, where one is enough."""
        if who is None or (booking.place, booking.resource) not in ONE_ACTIVE:
            return False
        asked = (who, booking.resource, booking.day)
        return any(
            (each.patient, each.resource, each.day) == asked
            and each is not booking
            and each is not but
            and self.takes(each)
            for each in self.bookings
        )

    def take(
        self,
        booking: Booking,
        but: Booking | None = None,
        way: str = "",
        *,
        kept: bool = False,
    ) -> str:
        """
        Say whether a place can be had: is it there, do rules allow it, is it free?

        `way` is what is overridden. Of who was `kept` a place, the patient alone is
        asked about.
        """
        if booking.end <= self.now:
            return "over"
        if booking.slot is None and not self.offered(booking):
            return "not_offered"
        ruled = self.has_one(booking, booking.patient)
        ruled |= not kept and not self.early(booking.place, booking.start)
        if ruled and way != "rules":
            return "rule"
        answer = OK if booking.slot is None else self.take_token(booking, but)
        if answer == OK and way != "rules" and self.day_full(booking, but):
            return "rule"
        if booking.slot is None and way != "double" and not self.clear(booking, but):
            return "slot_taken"
        return answer

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
