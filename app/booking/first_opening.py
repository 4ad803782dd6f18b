"""
First opening: the earliest times at which a whole set is free together.

All that decides is read in a few statements: hours and repairs once, what is taken by
chunks of days, short ones first. The arithmetic is in `joint`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from app.availability import internal as availability
from app.availability.views import Offer
from app.booking import board, joint, lean, listing, places
from app.booking.claims import buffered
from app.booking.errors import NoneFreeError
from app.booking.facts import Known
from app.booking.joint import Candidate, Found, Starts
from app.booking.lean import Taken
from app.booking.listing import Judge
from app.booking.seeking import Sought, Wanted
from app.booking.views import JointOpening, Part, Passed
from app.core.actor import Actor
from app.core.spans import Span, day_span, local_date, union
from app.directory.views import ResourceView, TypeView

LOOK_AHEAD_DAYS = 90
# The usual answer lies within days, so the first looks are short.
_CHUNKS = (3, 7, 20, 60)
_ONE_DAY = timedelta(days=1)

Reader = Callable[[ResourceView, Span], Offer]


class _Look(Struct):
    """What is known of some days: who could start when, and how that came about."""

    sought: Sought
    near: Span
    read: Reader
    taken: Taken
    by: Actor
    now: datetime
    patients: Sequence[Known] = ()
    offers: dict[int, Offer] = field(default_factory=dict)
    judges: dict[int, list[Judge]] = field(default_factory=dict)
    # A resource may be free for one part of the set and not for another.
    known: dict[tuple[int, int], Candidate] = field(default_factory=dict)

    def candidates(self, at: int) -> list[Candidate]:
        """Give who could be a member, the best first."""
        return [self._candidate(at, each) for each in self.sought.wanted[at].ranked]

    def _candidate(self, at: int, resource: ResourceView) -> Candidate:
        if (at, resource.id) not in self.known:
            wanted = self.sought.wanted[at]
            self.known[at, resource.id] = Candidate(
                resource.id,
                joint.starts(
                    self._free(resource, self.sought.kind if at == 0 else None),
                    wanted.offset,
                    wanted.length,
                ),
            )
        return self.known[at, resource.id]

    def _free(self, resource: ResourceView, kind: TypeView | None) -> list[Span]:
        offer = self.offer(resource)
        gaps = union(
            piece.span for piece in offer.open if kind is None or piece.allows(kind.id)
        )
        if not gaps:
            return []
        tokens = [slot.span for slot in offer.slots]
        return board.free(resource, gaps, self.taken.occupancy, tokens, kind)

    def offer(self, resource: ResourceView) -> Offer:
        """Give what a resource offers around these days."""
        if resource.id not in self.offers:
            self.offers[resource.id] = self.read(resource, self.near)
        return self.offers[resource.id]

    def rules(self, resource_id: int, moment: datetime) -> bool:
        """Say whether no rule refuses the set to the first member at that moment."""
        if resource_id not in self.judges:
            first = self.sought.wanted[0].ranked
            resource = next(each for each in first if each.id == resource_id)
            self.judges[resource_id] = [
                listing.judge_of(
                    self.sought.facility,
                    resource,
                    self.sought.kind,
                    self.taken,
                    by=self.by,
                    now=self.now,
                    known=known,
                )
                for known in self.patients or (None,)
            ]
        span = Span(moment, moment + self.sought.length)
        return all(it.refusal(span) is None for it in self.judges[resource_id])

    def common(self) -> list[Starts]:
        """Give the starts each member allows; who has few candidates is asked first."""
        order = sorted(
            range(len(self.sought.wanted)),
            key=lambda at: (len(self.sought.wanted[at].ranked), at),
        )
        left: list[Starts] = joint.either(self.candidates(order[0]))
        for at in order[1:]:
            if not left:
                return []
            left = joint.both(left, joint.either(self.candidates(at)))
        return left


def find(
    sought: Sought,
    after: datetime,
    *,
    by: Actor,
    now: datetime,
    most: int = 1,
    days: int = LOOK_AHEAD_DAYS,
    known: Sequence[Known] = (),
) -> list[JointOpening]:
    """
    Give the first openings from `after` on, each beginning when the last one ends.

    Holds that have run out take nothing. Nobody's permission is asked. With `known`,
    those that no rule refuses one of these patients.
    """
    found: list[JointOpening] = []
    floor = max(after, now)
    for look, within in _looks(sought, floor, days, by=by, now=now):
        look.patients = known
        common = look.common()
        while common and floor < within.end:
            members = [look.candidates(at) for at in range(len(sought.wanted))]
            ahead = Span(max(floor, within.start), within.end)
            one = joint.earliest(members, common, ahead, look.rules)
            if one is None:
                break
            found.append(_opening(look, one))
            if len(found) == most:
                return found
            floor = found[-1].span.end
    return found


def at(sought: Sought, start: datetime, *, by: Actor, now: datetime) -> JointOpening:
    """
    Choose the members of a set for a start that is given; rules are not asked.

    :raises NoneFreeError: naming the member for whom nobody is free, and why
    """
    moment = Span(start, start + timedelta(minutes=1))
    read = availability.reader(sought.facility, sought.everybody, _near(sought, moment))
    look = _look(sought, moment, read, by=by, now=now)
    members = [look.candidates(at) for at in range(len(sought.wanted))]
    chosen = joint.choose(members, start)
    if chosen is None:
        raise _none_free(look, members, start)
    return _opening(look, Found(start, chosen))


def windows(sought: Sought, within: Span, *, by: Actor, now: datetime) -> list[Starts]:
    """Give the starts within a span that each member allows, whoever it is."""
    read = availability.reader(sought.facility, sought.everybody, _near(sought, within))
    common = _look(sought, within, read, by=by, now=now).common()
    return joint.both(common, [(max(within.start, now), within.end)])


def stretches(
    sought: Sought, after: datetime, *, by: Actor, now: datetime
) -> Iterator[Starts]:
    """
    Give when all of a set could begin from `after` on, in order of time.

    Each stretch begins on a step. No rule is asked, and little more is read than is
    taken: the answer is mostly near.
    """
    for look, within in _looks(
        sought, max(after, now), LOOK_AHEAD_DAYS, by=by, now=now
    ):
        # What begins when these days end is found in the next ones.
        days = [(within.start, within.end - joint.STEP)]
        for first, last in joint.both(look.common(), days):
            start = joint.on_step(first)
            if start <= last:
                yield start, last


def _looks(
    sought: Sought, start: datetime, days: int, *, by: Actor, now: datetime
) -> Iterator[tuple[_Look, Span]]:
    zone = sought.facility.zone
    today = local_date(start, zone)
    end = day_span(today + timedelta(days=days), zone).start
    read = availability.reader(
        sought.facility, sought.everybody, _near(sought, Span(start, end))
    )
    first, begun = start, 0
    for chunk in _CHUNKS:
        begun += chunk
        last = min(end, day_span(today + timedelta(days=begun), zone).start)
        if first < last:
            within = Span(first, last)
            yield _look(sought, within, read, by=by, now=now), within
        first = last


def _look(
    sought: Sought, within: Span, read: Reader, *, by: Actor, now: datetime
) -> _Look:
    near = _near(sought, within)
    ids = [each.id for each in sought.everybody]
    # Rules look around a place too: what is taken is read from farther away.
    far = near.widen(_ONE_DAY, _ONE_DAY)
    taken = lean.read(sought.facility, ids, far, now=now)
    return _Look(sought, near, read, taken, by, now)


def _near(sought: Sought, within: Span) -> Span:
    """Give the time parts of appointments that start within a span can touch."""
    margins = [
        each.margins(sought.kind if at == 0 else None)
        for at, wanted in enumerate(sought.wanted)
        for each in wanted.ranked
    ]
    before = max((m[0] for m in margins), default=timedelta())
    after = max((m[1] for m in margins), default=timedelta())
    first = min(wanted.offset for wanted in sought.wanted)
    last = max(wanted.offset + wanted.length for wanted in sought.wanted)
    # A token slot that began the day before may reach into it.
    return Span(
        within.start + min(first, timedelta()) - before - _ONE_DAY,
        within.end + max(last, timedelta()) + after,
    )


def _opening(look: _Look, found: Found) -> JointOpening:
    sought = look.sought
    used = set(found.chosen)
    by_id: Mapping[int, ResourceView] = {each.id: each for each in sought.everybody}
    return JointOpening(
        Span(found.start, found.start + sought.length),
        tuple(
            Part(
                resource=by_id[resource_id],
                during=wanted.during(found.start),
                why=wanted.why[resource_id],
                need=wanted.name,
                role=wanted.role,
                passed=_passed(look, at, found.start, used),
            )
            for at, (wanted, resource_id) in enumerate(
                zip(sought.wanted, found.chosen, strict=True)
            )
        ),
    )


def _passed(
    look: _Look, at: int, start: datetime, used: set[int]
) -> tuple[Passed, ...]:
    """Say of every other candidate of a member why it was not chosen."""
    wanted = look.sought.wanted[at]
    return tuple(
        _why_not(look, at, resource, wanted.during(start))
        if not candidate.allows(start)
        else Passed(resource, "after")
        for candidate, resource in zip(look.candidates(at), wanted.ranked, strict=True)
        if resource.id not in used
    )


def _why_not(look: _Look, at: int, resource: ResourceView, during: Span) -> Passed:
    kind = look.sought.kind if at == 0 else None
    claim = buffered(resource, during, kind)
    refused = places.refusal(claim, look.offer(resource), kind)
    if refused is None:
        return Passed(resource, "taken")
    why, told = refused.params["reason"], refused.params.get("why") or ""
    return Passed(resource, str(why), str(told))


def _none_free(
    look: _Look, members: Sequence[Sequence[Candidate]], start: datetime
) -> NoneFreeError:
    """Name the first member that nobody who is free then is left for."""
    for count in range(1, len(members) + 1):
        if joint.choose(members[:count], start) is None:
            break
    wanted: Wanted = look.sought.wanted[count - 1]
    return NoneFreeError(
        need=wanted.name,
        starts_at=start,
        passed=_passed(look, count - 1, start, set()),
    )
