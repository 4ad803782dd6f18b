"""What clients of the race do: each act with its weight in the dice."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from drills.client import Answer, Client
from drills.notes import Place
from drills.scene import EXTRA, Open

_STEP_MINUTES = 10
# The longest hold, in minutes of the hospital, which are seconds here.
_LONGEST_HOLD = 4
_MOST_WAITING = 8
_STANDS = frozenset({"requested", "scheduled"})


def book_token(client: Client) -> None:
    _token(client, "book_token", "tokens")


def request_token(client: Client) -> None:
    _token(client, "request_token", "tokens", request=True)


def overbook_token(client: Client) -> None:
    _token(client, "overbook_token", "tokens", extra=EXTRA, overbook=True)


def book_timed(client: Client) -> None:
    _timed(client, "book_timed", "appointments", _one(client))


def request_timed(client: Client) -> None:
    _timed(client, "request_timed", "appointments", _one(client), request=True)


def book_set(client: Client) -> None:
    """Book an operation: the doctors, the theatre and a machine, each for its part."""
    _timed(client, "book_set", "appointments", _set(client))


def want_theatre(client: Client) -> None:
    """Want a theatre, some for an operation with all it needs, some for itself."""
    parts = _set(client)
    alone = client.number % 2
    act = "book_timed" if alone else "book_set"
    _timed(client, act, "appointments", parts[1:2] if alone else parts)


def override(client: Client) -> None:
    """Book beyond the other doctor's limit of the day, with a reason."""
    parts = [_part(client, client.scene.other)]
    why = "the race asks for it"
    _timed(client, "override", "appointments", parts, override_reason=why)


def hold_token(client: Client) -> None:
    _token(client, "hold_token", "token-holds", holding=_holding(client))


def hold_timed(client: Client) -> None:
    parts = [_part(client, client.dice.choice([client.scene.doctor]))]
    if client.dice.random() < 0.5:
        parts = [_part(client, client.scene.chairs)]
    _timed(client, "hold_timed", "holds", parts, holding=_holding(client))


def come_back(client: Client) -> None:
    """Book where a hold was left to run out: it must be in nobody's way."""
    if client.left and time.time() - client.left[0][0] > _LONGEST_HOLD + 1:
        _, place = client.left.pop(0)
        if place.kind == "token":
            _token(client, "come_back", "tokens", at=place.parts[0])
        else:
            _timed(client, "come_back", "appointments", place.parts)


def extend(client: Client) -> None:
    held = _held(client)
    if held:
        body = {"minutes": client.dice.randint(1, 5)}
        client.act("extend", f"/appointments/{held}/extend", body)


def confirm(client: Client) -> None:
    """Confirm a hold: often a live one, sometimes one that has run out meanwhile."""
    held = _held(client)
    if not held:
        return
    told, place = client.held.pop(held)
    known = [each["id"] for each in told["patients"]]
    client.act(
        "confirm",
        f"/appointments/{held}/confirm",
        {"patient_ids": known or [client.patient()]},
        place=Place(place.kind, place.parts, without=held),
        key=client.fresh_key(),
    )


def release(client: Client) -> None:
    held = _held(client)
    if held:
        client.held.pop(held)
        client.act("release", f"/appointments/{held}/release")


def approve(client: Client) -> None:
    which = _some(client, {"requested"})
    if which:
        client.act("approve", f"/appointments/{which['id']}/approve", admin=True)


def deny(client: Client) -> None:
    which = _some(client, {"requested"})
    if which:
        body = {"reason": "denied in the race"}
        client.act("deny", f"/appointments/{which['id']}/deny", body, admin=True)


def cancel(client: Client) -> None:
    which = _some(client, _STANDS)
    if which:
        body = {"reason": "cancelled in the race"}
        client.act("cancel", f"/appointments/{which['id']}/cancel", body)


def undo(client: Client) -> None:
    mine = [each for each in client.mine.values() if each["status"] == "cancelled"]
    if mine:
        which = mine[-1]
        address = f"/appointments/{which['id']}/undo"
        client.act("undo", address, place=_same(which))


def move(client: Client) -> None:
    """Move one's own or somebody else's, if it still stands as it was seen."""
    which = _some(client, _STANDS)
    if not which:
        return
    if which["kind"] == "token":
        _, start = client.dice.choice(client.scene.slots)
        parts = [(which["resource"]["id"], start, "")]
    else:
        start, parts = _shifted(client, which)
    client.act(
        "move",
        f"/appointments/{which['id']}/move",
        {"starts_at": start, "revision": which["revision"]},
        place=Place(which["kind"], parts, without=which["id"]),
        key=client.fresh_key(),
    )


def no_show(client: Client) -> None:
    which = _some(client, {"scheduled"})
    if which:
        client.act("no_show", f"/appointments/{which['id']}/no-show")


def again(client: Client) -> None:
    """Send one order twice under one key, as a desk does whose line is bad."""
    key, (resource, start) = client.fresh_key(), client.dice.choice(client.scene.slots)
    order = _order(client) | {"resource_id": resource, "starts_at": start}
    place = Place("token", [(resource, start, "")])
    for _ in range(2):
        client.act("again", client.here("tokens"), order, place=place, key=key)


def join(client: Client) -> None:
    entries = _waiting(client)
    if len(entries) > _MOST_WAITING:
        which = client.dice.choice(entries)["id"]
        client.act("leave", f"/waitlist/{which}/leave", entry=which)
        return
    wanted = client.dice.choice([client.scene.doctor, client.scene.chairs])
    wishes = {
        "patient_id": client.patient(),
        "type_id": client.scene.type,
        "first_day": client.scene.days[0],
        "last_day": client.scene.days[-1],
        "resource_id": wanted.id,
        "priority": client.dice.randint(0, 9),
    }
    client.act("join", client.here("waitlist"), wishes)


def answer(client: Client) -> None:
    """Accept an offer, or decline it."""
    offers = [each["offer"] for each in _waiting(client) if each["offer"]]
    if not offers:
        return
    which = client.dice.choice(offers)["id"]
    if client.dice.random() < 0.7:
        client.act("accept", f"/offers/{which}/accept")
    else:
        client.act("decline", f"/offers/{which}/decline", entry=which)


def look(client: Client) -> None:
    """See what stands, so that clients get into each other's way."""
    first, last = client.scene.chairs.spans[0][0], client.scene.chairs.spans[-1][1]
    query = f"from={_query(first)}&to={_query(last)}&limit=200"
    told = client.ask("GET", client.here(f"appointments?{query}"))
    if told.is_good:
        client.others = list(told.body["appointments"])


ACTS: Mapping[Callable[[Client], None], int] = {
    book_token: 14,
    request_token: 4,
    overbook_token: 2,
    book_timed: 14,
    request_timed: 4,
    book_set: 10,
    override: 3,
    hold_token: 8,
    hold_timed: 10,
    come_back: 12,
    extend: 2,
    confirm: 6,
    release: 2,
    approve: 5,
    deny: 2,
    cancel: 22,
    undo: 3,
    move: 12,
    no_show: 1,
    again: 3,
    join: 3,
    answer: 6,
    look: 5,
}


def _token(
    client: Client,
    act: str,
    tail: str,
    *,
    extra: int = 0,
    at: tuple[str, str, str] | None = None,
    **more: object,
) -> None:
    resource, start = at[:2] if at else client.dice.choice(client.scene.slots)
    order = _order(client) | {"resource_id": resource, "starts_at": start} | more
    if "holding" in more and client.dice.random() < 0.5:
        # A browser holds first and asks for the name after.
        order["patient_id"] = None
    place = Place("token", [(resource, start, "")], extra)
    told = client.act(
        act,
        client.here(tail),
        order,
        place=place,
        key=client.fresh_key(),
        admin=bool(extra),
    )
    if "holding" in more:
        _keep(client, told, place)


def _timed(
    client: Client,
    act: str,
    tail: str,
    parts: list[tuple[str, str, str]],
    **more: object,
) -> None:
    start, end = min(part[1] for part in parts), max(part[2] for part in parts)
    resources = [
        {"resource_id": each, "starts_at": first, "ends_at": last}
        for each, first, last in parts
    ]
    order = _order(client) | {"starts_at": start, "ends_at": end}
    order |= {"resources": resources} | more
    place = Place("timed", parts)
    told = client.act(
        act,
        client.here(tail),
        order,
        place=place,
        key=client.fresh_key(),
        admin="override_reason" in more,
    )
    if "holding" in more:
        _keep(client, told, place)


def _keep(client: Client, told: Answer, place: Place) -> None:
    """Remember a hold to confirm it, or leave it to run out."""
    if told.is_good and client.dice.random() < 0.5:
        client.held[told.body["id"]] = (told.body, place)
    elif told.is_good:
        client.left.append((time.time(), place))


def _order(client: Client) -> dict[str, Any]:
    return {"patient_id": client.patient(), "type_id": client.scene.type}


def _holding(client: Client) -> dict[str, object]:
    """Hold for some minutes of the hospital, each a second of the race."""
    return {
        "key": f"client-{client.number}-{client.dice.randint(1, 12)}",
        "minutes": client.dice.randint(1, _LONGEST_HOLD),
    }


def _one(client: Client) -> list[tuple[str, str, str]]:
    scene = client.scene
    of = [scene.doctor, scene.other, scene.chairs, scene.theatre, scene.machine]
    return [_part(client, client.dice.choice(of))]


def _part(client: Client, of: Open) -> tuple[str, str, str]:
    first, last = map(datetime.fromisoformat, client.dice.choice(of.spans))
    minutes = client.dice.choice((20, 30, 40, 60))
    room = int((last - first).total_seconds() // 60) - minutes
    after = client.dice.randrange(0, room + 1, _STEP_MINUTES)
    start = first + timedelta(minutes=after)
    return of.id, start.isoformat(), (start + timedelta(minutes=minutes)).isoformat()


def _set(client: Client) -> list[tuple[str, str, str]]:
    scene = client.scene
    # Half an hour to prepare: everything lies within the doctor's open time.
    surgeon, first, last = _part(client, scene.doctor)
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    middle = (start + (end - start) / 2).isoformat()
    parts = [(surgeon, first, last), (scene.theatre.id, first, last)]
    parts.append((scene.machine.id, middle, last))
    if client.dice.random() < 0.5:
        parts.append((scene.chairs.id, first, middle))
    return parts


def _held(client: Client) -> str:
    return client.dice.choice(list(client.held)) if client.held else ""


def _some(client: Client, wanted: set[str] | frozenset[str]) -> Mapping[str, Any]:
    """Give one's own or, half the time, anybody's booking of such a status."""
    known = list(client.mine.values()) if client.dice.random() < 0.5 else client.others
    found = [each for each in known if each["status"] in wanted]
    return client.dice.choice(found) if found else {}


def _waiting(client: Client) -> list[Mapping[str, Any]]:
    told = client.ask("GET", client.here("waitlist"))
    return list(told.body["entries"]) if told.is_good else []


def _same(which: Mapping[str, Any]) -> Place:
    if which["kind"] == "token":
        parts = [(which["resource"]["id"], which["starts_at"], "")]
    else:
        parts = _claims(which)
    return Place(which["kind"], parts, without=which["id"])


def _claims(which: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["resource"]["id"], each["starts_at"], each["ends_at"])
        for each in which["resources"]
    ]


def _shifted(
    client: Client, which: Mapping[str, Any]
) -> tuple[str, list[tuple[str, str, str]]]:
    """Draw another start for a timed booking; every part moves along with it."""
    by = timedelta(minutes=_STEP_MINUTES * client.dice.choice((-6, -3, -1, 1, 3, 6)))

    def later(moment: str) -> str:
        return (datetime.fromisoformat(moment) + by).isoformat()

    claims = [(each, later(a), later(b)) for each, a, b in _claims(which)]
    return later(which["starts_at"]), claims


def _query(moment: str) -> str:
    return moment.replace("+", "%2B")
