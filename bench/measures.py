"""What is measured: each act as the requests for it, and those for its floor in SQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from bench.lobby import version
from bench.plan import SEEN_DAYS, Plan

Ask = Callable[[Plan], Iterator[str]]

MONTH = 31
PAGE = 100
# What the days that are looked at hold: more than a page each.
FILLED = SEEN_DAYS * 400


@dataclass(frozen=True, slots=True)
class Measure:
    """
    An act measured beside its floor, if it has one, and answered with a status.

    An answer that must hold some words has them in `says`.

    With `again` the same requests are sent over and over; a place is booked once. The
    goals, at concurrency 8, are the least shares of the empty view and of the floor,
    and how many times as long as another measure it may take.
    """

    name: str
    ask: Ask
    floor: Ask | None = None
    again: bool = True
    status: int = 200
    says: str = ""
    of_empty: float | None = None
    of_floor: float | None = None
    no_longer_than: tuple[float, str] | None = None


def _slots(plan: Plan) -> Iterator[str]:
    for doctor, day in plan.columns():
        where = f"/api/facilities/{plan.facility}/resources/{doctor}/slots"
        yield plan.get(where, day=day)


def _slots_floor(plan: Plan) -> Iterator[str]:
    for doctor, day in plan.columns():
        yield plan.get("/floor/slots", facility=plan.facility, resource=doctor, day=day)


def _month(plan: Plan) -> Iterator[str]:
    where = f"/api/facilities/{plan.facility}/month"
    for doctor, _ in plan.columns():
        yield plan.get(where, resource_id=doctor, first_day=plan.day(0), days=MONTH)


def _month_floor(plan: Plan) -> Iterator[str]:
    for doctor, _ in plan.columns():
        place = {"facility": plan.facility, "resource": doctor}
        yield plan.get("/floor/month", **place, first_day=plan.day(0))


def _list(plan: Plan) -> Iterator[str]:
    where = f"/api/facilities/{plan.facility}/appointments"
    for window in _windows(plan):
        yield plan.get(where, **window, limit=PAGE)


def _list_floor(plan: Plan) -> Iterator[str]:
    for window in _windows(plan):
        yield plan.get("/floor/list", facility=plan.facility, **window)


def _windows(plan: Plan) -> Iterator[dict[str, str]]:
    for day in range(SEEN_DAYS):
        start = plan.hospital.slot_starts(day)[0]
        until = start + timedelta(hours=12)
        yield {"from": start.isoformat(), "to": until.isoformat()}


def fill(plan: Plan, number: int = FILLED) -> Iterator[str]:
    """Ask for the tokens that the days that are looked at hold."""
    for body in plan.seen_tokens(number):
        yield plan.post(f"/api/facilities/{plan.facility}/tokens", body)


def _token(plan: Plan) -> Iterator[str]:
    for body in plan.tokens():
        yield plan.post(f"/api/facilities/{plan.facility}/tokens", body)


def _token_floor(plan: Plan) -> Iterator[str]:
    for body in plan.tokens():
        yield plan.post(f"/floor/token?facility={plan.facility}", body)


def _timed(plan: Plan) -> Iterator[str]:
    for body in plan.times():
        yield plan.post(f"/api/facilities/{plan.facility}/appointments", body)


def _timed_floor(plan: Plan) -> Iterator[str]:
    for body in plan.times():
        yield plan.post(f"/floor/timed?facility={plan.facility}", body)


def _opening(plan: Plan) -> Iterator[str]:
    for body in plan.operations():
        yield plan.ask(f"/api/facilities/{plan.facility}/first-openings", body)


def _opening_floor(plan: Plan) -> Iterator[str]:
    for body in plan.operations():
        yield plan.ask(f"/floor/opening?facility={plan.facility}", body)


def _board(plan: Plan) -> Iterator[str]:
    yield plan.get(f"/board/{plan.hospital.lobby.board}")


def _poll(plan: Plan) -> Iterator[str]:
    lobby = plan.hospital.lobby
    yield plan.get(f"/board/{lobby.board}", v=version(lobby))


def _check_in(plan: Plan) -> Iterator[str]:
    for visit in plan.comers():
        yield plan.ask(f"/api/appointments/{visit}/check-in", {})


def _call_next(plan: Plan) -> Iterator[str]:
    for line in plan.calls():
        yield plan.ask(f"/api/queues/{line}/call-next", {})


def _signed_search(plan: Plan) -> Iterator[str]:
    for message in plan.searches():
        yield plan.buyer.request("search", message)


def _signed_confirm(plan: Plan) -> Iterator[str]:
    for message in plan.orders():
        yield plan.buyer.request("confirm", message)


def arrive(plan: Plan) -> Iterator[str]:
    """
    Let the first come and be called, as many as in two rounds.

    What is made once is made then: statements by workers, plans by PostgreSQL, which
    thinks of each anew ten times on every connection.
    """
    for _ in range(2):
        yield from _check_in(plan)
        yield from _call_next(plan)


# A message that is refused is answered with 200 as well.
_ACK = '"ACK"'
_SLOTS_OF_A_DAY = "slots of a day"

MEASURES = (
    Measure(_SLOTS_OF_A_DAY, _slots, _slots_floor, of_empty=0.08),
    Measure(
        "token booking",
        _token,
        _token_floor,
        again=False,
        status=201,
        of_empty=0.055,
        of_floor=0.45,
    ),
    Measure("timed booking", _timed, _timed_floor, again=False, status=201),
    Measure("heat map", _month, _month_floor, of_empty=0.07),
    Measure("list of 100", _list, _list_floor, of_empty=0.04),
    Measure(
        "first opening of 4 kinds",
        _opening,
        _opening_floor,
        no_longer_than=(12.0, _SLOTS_OF_A_DAY),
    ),
    Measure("board of 100", _board, of_empty=0.04),
    Measure("unchanged poll", _poll, status=204, of_empty=0.35),
    Measure("check-in", _check_in, again=False, of_empty=0.05),
    Measure("call next", _call_next, again=False, of_empty=0.05),
    Measure("signed search", _signed_search, again=False, says=_ACK, of_empty=0.12),
    Measure("signed confirm", _signed_confirm, again=False, says=_ACK, of_empty=0.05),
)
