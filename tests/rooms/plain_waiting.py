"""Waiting, and making way, as a person would explain them, on top of plain booking."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace

from tests.rooms.plain_model import Model
from tests.rooms.plain_places import (
    DAY,
    DAYS,
    OK,
    OPEN,
    SESSIONS,
    SLOT,
    Booking,
    Part,
    on_step,
    slots,
)

LASTS, MINUTES, TRIES, LONG = 30, 30, 5, 60 * DAY


@dataclass(eq=False)
class Entry:
    """Who waits for what: the days, and from when to when on each."""

    place: str
    resource: str | None
    patient: str
    days: tuple[int, int]
    hours: tuple[int, int]
    priority: int
    status: str = "waiting"
    asked: list[tuple[str, int]] = field(default_factory=list)
    held: Booking | None = None
    open: bool = False
    until: int = 0
    id: object = None
    offer: object = None

    @property
    def wish(self) -> tuple[object, ...]:
        who = (self.place, self.resource, self.patient)
        return (*who, self.days, self.hours, self.priority)


@dataclass
class Waiting(Model):
    """Who waits, in order; what is freed is held for them."""

    entries: list[Entry] = field(default_factory=list)

    def join(self, entry: Entry) -> Entry:
        """Let somebody wait; who waits for the same already waits on."""
        for each in self.entries:
            if each.wish == entry.wish and each.status in {"waiting", "offered"}:
                return each
        self.entries.append(entry)
        return entry

    def leave(self, entry: Entry) -> str:
        if entry.status == "booked":
            return "status"
        entry.status = "withdrawn"
        self._give_up(entry)
        return OK

    def accept(self, entry: Entry) -> str:
        """Turn what is held for somebody into their booking."""
        booking = entry.held
        assert booking is not None
        if entry.status == "booked":
            return "status"
        if not entry.open or entry.until <= self.now or booking.status != "held":
            return "hold_lost"
        if booking.end <= self.now:
            return "over"
        if self.has_one(booking, entry.patient):
            return "rule"
        booking.status = "scheduled"
        self._number(booking)
        entry.status, entry.open = "booked", False
        return OK

    def decline(self, entry: Entry) -> str:
        if entry.status == "booked":
            return "status"
        if not entry.open or entry.until <= self.now:
            return "hold_lost"
        self._pass_on(entry)
        return OK

    def sweep(self, place: str) -> int:
        """Let late offers lapse, and offer all that is free; count what is offered."""
        late = [e for e in self.entries if e.open and e.place == place]
        for each in sorted(late, key=lambda e: self.bookings.index(e.held)):
            if each.until <= self.now:
                self._pass_on(each)
        waiting = [e for e in self.entries if (e.place, e.status) == (place, "waiting")]
        # By kind; who waits for anybody waits for a doctor.
        wanted = {each.resource or "rao" for each in waiting}
        in_turn = [each for each in ("chairs", "theatre", "rao") if each in wanted]
        window = (self.now, self.now + LONG)
        return sum(self.offer(place, resource, window) for resource in in_turn)

    def freed(self, booking: Booking) -> None:
        if booking.end <= self.now:
            return
        window = (max(self.now, booking.day * DAY), (booking.day + 1) * DAY)
        used = [part.resource for part in booking.parts]
        for resource in dict.fromkeys([*used, booking.resource]):
            self.offer(booking.place, resource, window)

    def offer(self, place: str, resource: str, window: tuple[int, int]) -> int:
        """Hold what is free for those who wait, by rank; give how many."""
        ranked = [
            each
            for each in self.entries
            if (each.place, each.status) == (place, "waiting")
            and each.resource in {None, resource}
        ]
        # Of equal rank, who came first stands first.
        ranked.sort(key=lambda each: -each.priority)
        return sum(self._offer_one(each, resource, window) for each in ranked)

    def _offer_one(self, entry: Entry, resource: str, window: tuple[int, int]) -> bool:
        found = sorted(self._fitting(entry, resource, window), key=lambda b: b.start)
        new = [each for each in found if (resource, each.start) not in entry.asked]
        for booking in new[:TRIES]:
            booking.entry = entry
            if self.take(booking) == OK:
                booking.until = entry.until = self.now + LASTS
                entry.status, entry.held, entry.open = "offered", booking, True
                entry.asked.append((resource, booking.start))
                self.bookings.append(booking)
                return True
        return False

    def _fitting(
        self, entry: Entry, resource: str, window: tuple[int, int]
    ) -> Iterator[Booking]:
        """Give the places that are free where somebody wishes one."""
        blank = Booking(entry.place, resource, "held", patient=entry.patient)
        since, until = window
        for day in DAYS:
            if not entry.days[0] <= day <= entry.days[1]:
                continue
            first, last = (day * DAY + each for each in entry.hours)
            if resource == "rao":
                for slot in slots(entry.place):
                    wished = first <= slot and slot + SLOT <= last
                    if (
                        wished
                        and since <= slot < until
                        and self.left(entry.place, slot)
                    ):
                        yield replace(blank, slot=slot)
            if (entry.place, resource) not in OPEN:
                continue
            free = self.free(entry.place, resource, day, since)
            for gap in _gaps({m for m in free if first <= m < last and m < until}):
                start = on_step(gap[0])
                if start + MINUTES <= gap[1]:
                    part = Part(resource, start, start + MINUTES)
                    yield replace(blank, parts=(part,))

    def _pass_on(self, entry: Entry) -> None:
        """End an offer without a booking, and offer its place to the next."""
        booking = entry.held
        assert booking is not None
        entry.status = "waiting"
        self._give_up(entry)
        if booking.end > self.now:
            window = (max(self.now, booking.start), booking.end)
            self.offer(booking.place, booking.resource, window)

    def _give_up(self, entry: Entry) -> None:
        if entry.open and entry.held is not None and entry.held.status == "held":
            entry.held.status = "expired"
        entry.open = False


def _gaps(minutes: set[int]) -> Iterator[tuple[int, int]]:
    """Give the stretches that minutes make."""
    for start in sorted(m for m in minutes if m - 1 not in minutes):
        end = start
        while end in minutes:
            end += 1
        yield start, end


@dataclass
class House(Waiting):
    """Besides, times are booked over token slots, whose tokens go to later ones."""

    def book_over(self, booking: Booking) -> str | None:
        """
        Close the slots a booking touches and send their tokens on.

        None, and nothing is done, where somebody would find no later slot that day:
        what is held for them on the rebooking list is not of this model.
        """
        if deepcopy((self, booking))[0]._is_stuck(booking.parts, booking.place):
            return None
        return self._over(booking)

    def _is_stuck(self, parts: tuple[Part, ...], place: str) -> bool:
        trial = Booking(place, "rao", "scheduled", parts)
        return self._over(trial) == "stuck"

    def _over(self, booking: Booking) -> str:
        touched = [s for s in slots(booking.place) if self._touches(booking, s)]
        if booking.end <= self.now:
            return "over"
        if not self._inside(booking):
            return "not_offered"
        if not self.early(booking.place, booking.start):
            return "rule"
        if self.has_one(booking, booking.patient):
            return "rule"
        there = [
            each
            for slot in touched
            for each in self._in_turn(booking.place, slot)
            if self.takes(each)
        ]
        closing = {(booking.place, slot) for slot in touched} - self.closed
        self.closed |= closing
        if self.day_full(booking) or not self.clear(booking):
            answer = "rule" if self.day_full(booking) else "slot_taken"
            self.closed -= closing
            return answer
        booking.over = bool(touched)
        self.bookings.append(booking)
        return self._send_on(there)

    def _send_on(self, there: list[Booking]) -> str:
        """Move tokens to later slots, none past another's number."""
        if not there:
            return OK
        first = there[0]
        asked = [s for s in slots(first.place) if s // DAY == first.day]
        later = [s for s in asked if s >= first.start and s + SLOT > self.now]
        left = {slot: self.left(first.place, slot) for slot in later}
        gone = []
        for each in there:
            if each.status == "held":
                each.status = "expired"
                continue
            before = replace(each)
            slot = self._next(each, [s for s in later if left[s] > 0])
            if slot is None:
                return "stuck"
            later = [s for s in later if s >= slot]
            left[slot] -= 1
            self.put(each, replace(each, slot=slot))
            each.number = None if each.status == "scheduled" else each.number
            self._number(each)
            gone.append(before)
        for before in gone:
            self.freed(before)
        return OK

    def _next(self, booking: Booking, later: list[int]) -> int | None:
        for slot in later:
            to = replace(booking, slot=slot)
            if slot > booking.start and self._take_instead(booking, to) == OK:
                return slot
        return None

    def _touches(self, booking: Booking, slot: int) -> bool:
        return any(p.start < slot + SLOT and slot < p.end for p in booking.parts)

    def _inside(self, booking: Booking) -> bool:
        """Say whether a time lies in open time and slots together."""
        (part,) = booking.parts
        hours, session = OPEN[booking.place, "rao"], SESSIONS[booking.place]
        offered = {*range(*hours), *range(*session)}
        day = booking.day * DAY
        return set(range(part.start - day, part.end - day)) <= offered

    def _in_turn(self, place: str, slot: int) -> list[Booking]:
        """Give those of a slot in the order of their numbers, the others after."""
        found = [b for b in self.bookings if (b.place, b.slot) == (place, slot)]
        return sorted(found, key=lambda b: b.number[1] if b.number else 10**6)
