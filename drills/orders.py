"""Orders of the race for tokens and times, sent and noted with their place."""

import time

from drills import draws
from drills.client import Answer, Client
from drills.notes import Place

# Who gives a reason goes beyond what is usual, which the desk may not.
_REASONS = frozenset({"override_reason", "double_book_reason"})


def token(
    client: Client,
    act: str,
    tail: str,
    *,
    extra: int = 0,
    at: tuple[str, str, str] | None = None,
    **more: object,
) -> Answer:
    resource, start = at[:2] if at else client.dice.choice(client.scene.slots)
    order = draws.order(client) | {"resource_id": resource, "starts_at": start} | more
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
    return told


def timed(
    client: Client,
    act: str,
    tail: str,
    parts: list[tuple[str, str, str]],
    **more: object,
) -> Answer:
    start, end = min(part[1] for part in parts), max(part[2] for part in parts)
    resources = [
        {"resource_id": each, "starts_at": first, "ends_at": last}
        for each, first, last in parts
    ]
    order = draws.order(client) | {"starts_at": start, "ends_at": end}
    order |= {"resources": resources} | more
    place = Place("timed", parts)
    told = client.act(
        act,
        client.here(tail),
        order,
        place=place,
        key=client.fresh_key(),
        admin=not more.keys().isdisjoint(_REASONS),
    )
    if "holding" in more:
        _keep(client, told, place)
    return told


def urgent(
    client: Client, act: str, tail: str, part: tuple[str, str, str], why: str
) -> None:
    """Want a time that others give way to: tokens, or cases that are less urgent."""
    resource, start, end = part
    named = {"resource_id": resource, "starts_at": start, "ends_at": end}
    order = draws.order(client) | {"starts_at": start, "ends_at": end}
    client.act(
        act,
        client.here(tail),
        order | {"resources": [named], "reason": why},
        place=Place(act, [part]),
        key=client.fresh_key(),
        admin=True,
        within="appointment",
    )


def _keep(client: Client, told: Answer, place: Place) -> None:
    """Remember a hold to confirm it, or leave it to run out."""
    if told.is_good and client.dice.random() < 0.5:
        client.held[told.body["id"]] = (told.body, place)
    elif told.is_good:
        client.left.append((time.time(), place))
