"""Who is booked where in the demo, for some days around now."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from msgspec import Struct

from app.availability import internal as availability
from app.availability.views import Offer, OfferedSlot
from app.booking.kinds import Kind
from app.core.spans import Span, at, day_span, local_date
from app.directory.views import FacilityView, ResourceView
from app.exchange import demo_house as house
from app.exchange.demo_days import Part, Planner, Visit, pieces
from app.exchange.demo_setting import Setting

# How full each day is, by its distance from today.
FILLED = {-1: 0.06, 0: 0.4, 1: 0.12, 2: 0.06, 3: 0.03}
SLOT_TYPES = {
    house.CASUALTY_CLINIC: (house.CASUALTY,),
    house.VACCINATION_SITE: (house.VACCINATION,),
}
USUAL = (house.NEW, house.FOLLOW_UP, house.FOLLOW_UP)


def plan(setting: Setting, dice: Random, *, now: datetime) -> list[Visit]:
    """Plan every visit of those days."""
    opened = now - timedelta(days=7)
    planner = Planner(dice, now, opened, len(setting.patients))
    found: list[Visit] = []
    for slug, facility in setting.facilities.items():
        today = local_date(now, facility.zone)
        for distance, share in FILLED.items():
            day = today + timedelta(days=distance)
            known = {each.code: each for each in setting.at(slug)}
            offers = availability.offers(
                facility, known.values(), day_span(day, facility.zone)
            )
            desk = _Day(facility, day, share, known, offers, planner)
            found += desk.tokens()
            if slug == house.KOCHI:
                found += desk.theatre()
                found += desk.dental()
            found += desk.open_hours()
    _ask_for_some(found, now)
    return found


# How long the requests of the demo wait already, in minutes.
WAITING = (9, 47, 160)


def _ask_for_some(found: list[Visit], now: datetime) -> None:
    """Let the first times of the days to come wait for approval, some for long."""
    ahead = [
        visit
        for visit in found
        if visit.kind is Kind.TIMED
        and visit.type == house.FOLLOW_UP
        and visit.span.start > now + timedelta(hours=6)
        and visit.cancelled is None
    ]
    for visit, minutes in zip(ahead, WAITING, strict=False):
        visit.to_approve = True
        visit.booked_at = now - timedelta(minutes=minutes)


class _Day(Struct):
    """One day of one facility, being filled."""

    facility: FacilityView
    day: date
    share: float
    resources: dict[str, ResourceView]
    offers: dict[int, Offer]
    planner: Planner

    def tokens(self) -> Iterator[Visit]:
        """Fill the token slots; whoever sees people now has somebody in the room."""
        for code, resource in self.resources.items():
            for slot in self.offers[resource.id].slots:
                people = self._people(code, slot)
                yield from self.planner.slot(
                    self.facility,
                    resource,
                    SLOT_TYPES.get(code, USUAL),
                    slot.span,
                    people,
                )

    def _people(self, code: str, slot: OfferedSlot) -> int:
        now = self.planner.now
        if slot.span.holds(now):
            return slot.tokens - 1
        ahead = slot.span.start > now
        if code == house.CASUALTY_CLINIC:
            # Nobody books an accident for tomorrow.
            soon = abs(slot.span.start - now) < timedelta(hours=3)
            share = (0.3 if ahead else 0.5) if soon else 0.0
        elif self.share == FILLED[0]:
            # The last hours are full, those before have thinned out by now.
            recent = slot.span.start > now - timedelta(hours=2)
            share = 0.3 if ahead else 0.6 if recent else 0.35
        else:
            share = self.share
        return sum(self.planner.dice.random() < share for _ in range(slot.tokens))

    def dental(self) -> Iterator[Visit]:
        """Give each dentist visits of half an hour, in two chairs by turns."""
        for index, code in enumerate(house.DENTISTS):
            chairs = [self.resources[house.chair(2 * index + n)] for n in (1, 2)]
            free = [each.span for each in self.offers[self.resources[code].id].open]
            for number, span in enumerate(pieces(free, 30)):
                if not self._drawn(span):
                    continue
                chair = Part(chairs[number % 2])
                yield self.planner.timed(
                    self.facility,
                    self.resources[code],
                    house.FILLING,
                    span,
                    parts=[chair],
                )

    def theatre(self) -> Iterator[Visit]:
        """Let the surgeon operate in the afternoon, if it is a day he works."""
        surgeon = self.resources[house.RAJESH]
        operating = Span(self._at(14), self._at(16))
        open_time = [each.span for each in self.offers[surgeon.id].open]
        if self.share < FILLED[1] or not any(s.covers(operating) for s in open_time):
            return
        whole = Span(self._at(13, 30), self._at(16, 30))
        yield self.planner.timed(
            self.facility,
            surgeon,
            house.OPERATION,
            whole,
            inside=operating,
            parts=[
                Part(surgeon, operating),
                Part(self.resources[house.THEATRES[0]]),
                Part(self.resources[house.SURESH]),
                Part(
                    self.resources[house.C_ARM],
                    Span(self._at(14, 30), self._at(15)),
                ),
            ],
        )
        yield self.planner.timed(
            self.facility,
            surgeon,
            house.OPERATION,
            Span(self._at(11), self._at(12, 30)),
            parts=[Part(self.resources[house.THEATRES[1]])],
        )

    def open_hours(self) -> Iterator[Visit]:
        """Give doctors some timed visits in the open time after their tokens."""
        for code, resource in self.resources.items():
            if code in {*house.DENTISTS, house.RAJESH, house.SURESH, *house.THEATRES}:
                continue
            offer = self.offers[resource.id]
            if not offer.slots:
                continue
            for span in pieces((each.span for each in offer.open), 20):
                if self._drawn(span, 0.5):
                    yield self.planner.timed(
                        self.facility, resource, house.FOLLOW_UP, span
                    )

    def _drawn(self, span: Span, likely: float = 0.9) -> bool:
        """Roll whether a time is booked; the one that runs now always is."""
        now = self.planner.now
        return span.holds(now) or self.planner.dice.random() < self.share * likely

    def _at(self, hour: int, minute: int = 0) -> datetime:
        return at(self.day, time(hour, minute), self.facility.zone)
