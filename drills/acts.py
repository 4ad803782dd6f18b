"""What clients of the race do: each act with its weight in the dice."""

import time
from collections.abc import Callable, Mapping

from drills import draws, leaves, orders
from drills.client import Client
from drills.notes import Place
from drills.scene import EXTRA

_MOST_WAITING = 8
_WHY = "the race asks for it"


def book_token(client: Client) -> None:
    orders.token(client, "book_token", "tokens")


def request_token(client: Client) -> None:
    orders.token(client, "request_token", "tokens", request=True)


def overbook_token(client: Client) -> None:
    orders.token(client, "overbook_token", "tokens", extra=EXTRA, overbook=True)


def book_timed(client: Client) -> None:
    orders.timed(client, "book_timed", "appointments", draws.one(client))


def request_timed(client: Client) -> None:
    orders.timed(
        client, "request_timed", "appointments", draws.one(client), request=True
    )


def book_set(client: Client) -> None:
    """Book an operation: the doctors, the theatre and a machine, each for its part."""
    orders.timed(client, "book_set", "appointments", draws.whole_set(client))


def want_theatre(client: Client) -> None:
    """Want a theatre, some for an operation with all it needs, some for itself."""
    parts = draws.whole_set(client)
    alone = client.number % 2
    act = "book_timed" if alone else "book_set"
    orders.timed(client, act, "appointments", parts[1:2] if alone else parts)


def override(client: Client) -> None:
    """Book beyond the other doctor's limit of the day, with a reason."""
    parts = [draws.part(client, client.scene.other)]
    orders.timed(client, "override", "appointments", parts, override_reason=_WHY)


def double_book(client: Client) -> None:
    """Book a resource twice, with a reason, where somebody has it already."""
    timed = [each for each in client.others if each["kind"] == "timed"]
    taken = [each for each in timed if each["status"] in draws.STANDS]
    parts = draws.one(client)
    if taken:
        parts = draws.claims(client.dice.choice(taken))[:1]
    orders.timed(client, "double_book", "appointments", parts, double_book_reason=_WHY)


def over_slots(client: Client) -> None:
    """Take the time of a token slot: it closes, and its tokens go on."""
    orders.urgent(client, "over_slots", "slot-overrides", draws.slot(client), _WHY)


def emergency(client: Client) -> None:
    """Take the theatre: its cases give way, and wait for their next opening."""
    part = draws.part(client, client.scene.theatre)
    orders.urgent(client, "emergency", "emergencies", part, _WHY)


def swap(client: Client) -> None:
    """Give an appointment other resources, if it still has what was seen."""
    _swap(client, "swap")


def swap_twice(client: Client) -> None:
    """Give it other resources, whoever has them, with a reason."""
    _swap(client, "swap_twice", override_reason=_WHY)


def hold_token(client: Client) -> None:
    orders.token(client, "hold_token", "token-holds", holding=draws.holding(client))


def hold_timed(client: Client) -> None:
    parts = [draws.part(client, client.dice.choice([client.scene.doctor]))]
    if client.dice.random() < 0.5:
        parts = [draws.part(client, client.scene.chairs)]
    orders.timed(client, "hold_timed", "holds", parts, holding=draws.holding(client))


def come_back(client: Client) -> None:
    """Book where a hold was left to run out: it must be in nobody's way."""
    while client.left and time.time() - client.left[0][0] > draws.LONGEST_HOLD + 1:
        _, place = client.left.pop(0)
        if place.kind == "token":
            told = orders.token(client, "come_back", "tokens", at=place.parts[0])
        else:
            told = orders.timed(client, "come_back", "appointments", place.parts)
        if told.is_good:
            break


def extend(client: Client) -> None:
    held = draws.held(client)
    if held:
        body = {"minutes": client.dice.randint(1, 5)}
        client.act("extend", f"/appointments/{held}/extend", body)


def confirm(client: Client) -> None:
    """Confirm a hold: often a live one, sometimes one that has run out meanwhile."""
    held = draws.held(client)
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
    held = draws.held(client)
    if held:
        client.held.pop(held)
        client.act("release", f"/appointments/{held}/release")


def approve(client: Client) -> None:
    which = draws.some(client, {"requested"})
    if which:
        client.act("approve", f"/appointments/{which['id']}/approve", admin=True)


def deny(client: Client) -> None:
    which = draws.some(client, {"requested"})
    if which:
        body = {"reason": "denied in the race"}
        client.act("deny", f"/appointments/{which['id']}/deny", body, admin=True)


def cancel(client: Client) -> None:
    which = draws.some(client, draws.STANDS)
    if which:
        body = {"reason": "cancelled in the race"}
        client.act("cancel", f"/appointments/{which['id']}/cancel", body)


def undo(client: Client) -> None:
    mine = [each for each in client.mine.values() if each["status"] == "cancelled"]
    if mine:
        which = mine[-1]
        address = f"/appointments/{which['id']}/undo"
        client.act("undo", address, place=draws.same(which))


def move(client: Client) -> None:
    """Move one's own or somebody else's, if it still stands as it was seen."""
    which = draws.some(client, draws.STANDS)
    if not which:
        return
    if which["kind"] == "token":
        _, start = client.dice.choice(client.scene.slots)
        parts = [(which["resource"]["id"], start, "")]
    else:
        start, parts = draws.shifted(client, which)
    client.act(
        "move",
        f"/appointments/{which['id']}/move",
        {"starts_at": start, "revision": which["revision"]},
        place=Place(which["kind"], parts, without=which["id"]),
        key=client.fresh_key(),
    )


def no_show(client: Client) -> None:
    which = draws.some(client, {"scheduled"})
    if which:
        client.act("no_show", f"/appointments/{which['id']}/no-show")


def again(client: Client) -> None:
    """Send one order twice under one key, as a desk does whose line is bad."""
    key, (resource, start) = client.fresh_key(), client.dice.choice(client.scene.slots)
    order = draws.order(client) | {"resource_id": resource, "starts_at": start}
    place = Place("token", [(resource, start, "")])
    for _ in range(2):
        client.act("again", client.here("tokens"), order, place=place, key=key)


def join(client: Client) -> None:
    entries = draws.waiting(client)
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
    offers = [each["offer"] for each in draws.waiting(client) if each["offer"]]
    if not offers:
        return
    which = client.dice.choice(offers)["id"]
    if client.dice.random() < 0.7:
        client.act("accept", f"/offers/{which}/accept")
    else:
        client.act("decline", f"/offers/{which}/decline", entry=which)


def look(client: Client) -> None:
    """See what stands, so that clients get into each other's way."""
    draws.seen(client)


ACTS: Mapping[Callable[[Client], None], int] = {
    book_token: 14,
    request_token: 4,
    overbook_token: 2,
    book_timed: 14,
    request_timed: 4,
    book_set: 10,
    override: 3,
    double_book: 4,
    over_slots: 2,
    emergency: 2,
    swap: 8,
    swap_twice: 3,
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
    leaves.absent: 2,
    leaves.choose: 4,
    leaves.enlist: 1,
    leaves.hold_again: 1,
    leaves.give_back: 1,
    leaves.briefly: 2,
    look: 5,
}


def _swap(client: Client, act: str, **more: object) -> None:
    which = draws.some(client, draws.STANDS, "timed")
    if not which:
        look(client)
        return
    parts, coming = draws.swapped(client, which)
    wanted = [
        {"resource_id": each, "starts_at": start, "ends_at": end}
        for each, start, end in parts
    ]
    told = client.act(
        act,
        f"/booking/appointments/{which['id']}/resources",
        {"resources": wanted} | more,
        place=Place("timed", coming, without=which["id"]),
        admin=bool(more),
        revision=which["revision"],
    )
    if told.is_good:
        now = {each: told.body[each] for each in ("revision", "resources")}
        client.mine[which["id"]] = {**which, **now}
