"""At which step a deal of the buyer's page is, read from what was asked and heard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from beckn import durations
from network import meanings, messages
from network.buyer import Deal
from network.messages import Message, Place

# Longer than any house may take.
_PATIENCE = timedelta(seconds=30)


class Step(StrEnum):
    """What the page is for now."""

    TIMES = "times"
    WHO = "who"
    CHECK = "check"
    VISIT = "visit"


# Where the answer to each leads; a refusal leads back.
_LEADS: Mapping[str, tuple[Step, Step]] = {
    "search": (Step.TIMES, Step.TIMES),
    "select": (Step.WHO, Step.TIMES),
    "init": (Step.CHECK, Step.WHO),
    "confirm": (Step.VISIT, Step.TIMES),
    "status": (Step.VISIT, Step.VISIT),
    "cancel": (Step.VISIT, Step.VISIT),
}
# Asked beside, for what the page of a visit offers.
_MORE = ("track", "get_cancellation_reasons")


@dataclass(frozen=True, slots=True)
class Visit:
    """An order as it stands, in words; `track` and `reasons` once they are known."""

    order: str
    state: str
    standing: bool
    token: str
    doctor: str
    when: str
    price: str
    track: str
    reasons: list[tuple[str, str]]
    moved: bool


@dataclass(frozen=True, slots=True)
class View:
    """
    What the page shows; times by doctor, `kept` in minutes.

    What is ordered is paid `before`, or at the desk. The page is `waiting` for the
    answer it is for, or only for more that is `coming`.
    """

    step: Step
    waiting: bool
    coming: bool
    refusal: str
    times: list[tuple[str, list[Place]]]
    order: Message | None
    before: bool
    kept: int
    visit: Visit | None


def view(deal: Deal, *, now: datetime) -> View:
    """Tell what to show of a deal."""
    last = deal.last(*_LEADS)
    assert last is not None
    good, bad = _LEADS[last.action]
    answers = deal.answers(last)
    refusal = f"The message was not taken: {last.refused}" if last.refused else ""
    late = now - last.at > _PATIENCE
    if answers and "error" in answers[0]:
        refusal = meanings.of(f"on_{last.action}", answers[0]).capitalize()
    elif not answers and not refusal and late:
        refusal = "No answer came. Try again."
    order = answers[0].get("message", {}).get("order") if answers else None
    return View(
        step=bad if refusal else good,
        waiting=not answers and not refusal,
        coming=any(_is_coming(deal, each, now) for each in _MORE),
        refusal=refusal,
        times=_by_doctor(places(deal)),
        order=order,
        before=bool(order and "payments" in order and messages.before(order)),
        kept=_kept(order),
        visit=_visit(deal),
    )


def _is_coming(deal: Deal, action: str, now: datetime) -> bool:
    asked = deal.last(action)
    if asked is None or asked.refused or deal.answers(asked):
        return False
    return now - asked.at <= _PATIENCE


def places(deal: Deal) -> list[Place]:
    """Give the free places that the search of a deal found."""
    last = deal.last("search")
    found = deal.answers(last) if last else []
    return [
        place for told in found if "message" in told for place in messages.places(told)
    ]


def _by_doctor(found: list[Place]) -> list[tuple[str, list[Place]]]:
    def doctor(place: Place) -> str:
        return place.doctor

    ordered = sorted(found, key=lambda each: (each.doctor, each.starts_at))
    return [(name, list(each)) for name, each in groupby(ordered, doctor)]


def _kept(order: Message | None) -> int:
    """Tell for how many minutes a quote holds, if there is one."""
    lasts = (order or {}).get("quote", {}).get("ttl")
    return int(durations.read(lasts).total_seconds() // 60) if lasts else 0


def _visit(deal: Deal) -> Visit | None:
    order = deal.order
    if order is None:
        return None
    slot = order["fulfillments"][0]
    start = slot["stops"][0]
    return Visit(
        order=order["id"],
        state=slot["state"]["descriptor"]["code"].replace("_", " ").capitalize(),
        standing=order["status"] == "ACTIVE",
        token=start.get("authorization", {}).get("token", ""),
        doctor=slot["agent"]["person"]["name"],
        when=meanings.moment(start["time"]["timestamp"]),
        price=_price(order),
        track=_tracking(deal),
        reasons=_reasons(deal),
        moved=bool(deal.unasked("on_update")),
    )


def _price(order: Message) -> str:
    """Tell what it costs, and by what this app paid it or gives it back."""
    price, params = order["quote"]["price"], order["payments"][0]["params"]
    told = f"{price['currency']} {price['value']}"
    if "transaction_id" not in params:
        return told
    back = ", which is given back" if order["status"] == "CANCELLED" else ""
    return f"{told}, paid through this app by {params['transaction_id']}{back}"


def _tracking(deal: Deal) -> str:
    found = [
        each["message"]["tracking"]["url"]
        for each in deal.heard
        if "tracking" in each.get("message", {})
    ]
    return str(found[-1]) if found else ""


def _reasons(deal: Deal) -> list[tuple[str, str]]:
    found = [
        each["message"]["cancellation_reasons"]
        for each in deal.heard
        if "cancellation_reasons" in each.get("message", {})
    ]
    return [(e["id"], e["descriptor"]["name"]) for e in found[-1]] if found else []
