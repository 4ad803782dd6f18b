"""How queue policies read in the set-up: their questions, and who moves and why."""

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from app.doors import queue_words
from app.queues import scoring
from app.queues.kinds import WalkIns
from app.queues.scoring.due_time import PRECEDENCE, DueTime
from app.queues.views import NewPolicy, PolicyView, Preview, Rank, WalkInPlaces
from app.web.setting_form import Field, Values

MINUTES = ("grace", "late_penalty", "walk_in_offset", "elderly_from")

LEAD = (
    "Who waits is ordered by this. Every place in a queue counts toward the doctor's"
    " daily limit: a slot's token and a place of the share are refused once the day is"
    " full; the queue alone refuses nobody."
)
_SCORING: Mapping[str, str] = {
    "due_time": "Due time: booked time, lateness and needs weighed",
    "first_come": "First come, first seen",
    "appointments_first": "Who is booked before who walks in",
}
_WALK_INS: Mapping[WalkIns, str] = {
    WalkIns.QUEUE: "Only a place in the queue; never refused for a full day",
    WalkIns.SHARE: "A share of every token slot kept for them; full when used up",
    WalkIns.SLOTS: "A token of a slot that has one left; full when none has",
}
# To who lets somebody in: what they take, and how that counts.
_COUNTS: Mapping[WalkIns, str] = {
    WalkIns.QUEUE: (
        "Who walks in takes only a place in the queue. It counts toward the daily"
        " limit, and nobody is refused for a full day."
    ),
    WalkIns.SHARE: (
        "Who walks in takes a place of the share kept for them. It counts toward the"
        " daily limit too, and is refused once the share or the day is full."
    ),
    WalkIns.SLOTS: (
        "Who walks in takes a token of a slot. It counts toward the daily limit as one"
        " that is booked, and is refused once the slots or the day are full."
    ),
}
_LABELS: Mapping[str, str] = {
    "elderly": "Elderly",
    "pregnant": "Pregnant",
    "disabled": "Disabled",
    "vip": "VIP",
    "urgent": "Urgent",
}
_BY_DUE_TIME = "for the order by due time"


def _fields() -> tuple[Field, ...]:
    kinds = tuple((kind, scoring_name(kind)) for kind in sorted(scoring.kinds()))
    sooner = tuple(
        Field(f"precedence.{need}", f"{_LABELS[need]}: minutes sooner", "number")
        for need in PRECEDENCE
    )
    return (
        Field("scoring", "Order by", "choice", options=kinds),
        Field("grace", "Minutes late that do not matter", "number", _BY_DUE_TIME),
        Field("late_penalty", "Minutes added for coming later", "number"),
        Field("walk_in_offset", "Minutes added for walking in", "number"),
        *sooner,
        Field("elderly_from", "Elderly from the age of", "number"),
        Field(
            "walk_ins",
            "Who walks in takes",
            "choice",
            options=tuple((each.value, told) for each, told in _WALK_INS.items()),
        ),
        Field("share", "Share kept for walk-ins, percent", "number", "if a share"),
        Field("skip_places", "Who does not answer goes back, places", "number"),
        Field(
            "no_show_minutes",
            "No-show after, minutes",
            "number",
            "after the booked time without a check-in",
        ),
        Field("long_wait_minutes", "A wait is long from, minutes", "number"),
        Field(
            "too_long_wait_minutes",
            "A wait is too long from, minutes",
            "number",
            "marked in red at the desk and for who supervises",
        ),
        Field(
            "come_minutes",
            "Patients say that they come from, minutes before",
            "number",
            "from elsewhere, on their own page; at the entrance at any time",
        ),
    )


def scoring_name(kind: str) -> str:
    """Name a way to order; one of another package goes by its own name."""
    return _SCORING.get(kind, kind.replace("_", " ").capitalize())


def walk_ins(kept: PolicyView | None) -> str:
    """Say in short what who walks in takes."""
    if kept is None or kept.walk_ins is WalkIns.QUEUE:
        return "queue only"
    if kept.walk_ins is WalkIns.SHARE:
        return f"{kept.share} % of each slot"
    return "tokens of slots"


def places_left(places: WalkInPlaces) -> str:
    """Say how many more who walk in are let in."""
    return "As many as come" if places.left is None else f"{places.left} left"


def how_counted(places: WalkInPlaces) -> str:
    """Say what who walks in takes, and how it counts toward the daily limit."""
    return _COUNTS[places.mode]


def saved(kept: PolicyView, zone: ZoneInfo) -> str:
    """Say which version it is, and who saved it when."""
    when = f"{kept.saved_at.astimezone(zone):%d %b %Y %H:%M}"
    return f"version {kept.version}, {when}, {kept.saved_by}"


def typed(kept: PolicyView | None) -> Values:
    """Give a policy as its form starts; None is what holds where none was saved."""
    usual = DueTime()
    held: NewPolicy | PolicyView = kept or _USUAL
    settings = held.settings if held.scoring == DueTime.kind else {}
    sooner = settings.get("precedence", usual.precedence)
    values = {
        "scoring": held.scoring,
        "walk_ins": held.walk_ins.value,
        "share": str(held.share or ""),
        "skip_places": str(held.skip_places),
        "no_show_minutes": str(held.no_show_minutes),
        "long_wait_minutes": str(held.long_wait_minutes),
        "too_long_wait_minutes": str(held.too_long_wait_minutes),
        "come_minutes": str(held.come_minutes),
        **{n: str(settings.get(n, getattr(usual, n))) for n in MINUTES},
        **{f"precedence.{need}": str(sooner.get(need, 0)) for need in PRECEDENCE},
    }
    return MultiDict(values)


def ordered(previews: list[Preview]) -> list[Preview]:
    """Give the queues in which somebody waits, first those where somebody moves."""

    def still(preview: Preview) -> bool:
        return all(rank.before == rank.after for rank in preview.ranks)

    return sorted((each for each in previews if each.ranks), key=still)


def then(preview: Preview) -> list[Rank]:
    """Give who waits in the order that a policy would put them in."""
    return sorted(preview.ranks, key=lambda rank: rank.after)


def moved(rank: Rank) -> str:
    """Say how far somebody would move, or nothing."""
    places = abs(rank.before - rank.after)
    if not places:
        return ""
    return f"{places} {'sooner' if rank.after < rank.before else 'later'}"


def why(rank: Rank, zone: ZoneInfo) -> str:
    """Say what somebody's new due time is made of."""
    return ", ".join(queue_words.part(part, zone) for part in rank.parts)


def summary(previews: list[Preview]) -> str:
    """Sum up what a policy would change today."""
    ranks = [rank for each in previews for rank in each.ranks]
    if not ranks:
        return "Nobody waits now, so there is nobody to try it on."
    changed = sum(rank.before != rank.after for rank in ranks)
    if not changed:
        return f"Nobody of the {len(ranks)} who wait would change place."
    return f"{changed} of the {len(ranks)} who wait would change place."


_USUAL = NewPolicy(UUID(int=0))
USUAL_SCORING = _USUAL.scoring
FIELDS = _fields()
