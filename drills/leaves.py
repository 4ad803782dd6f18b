"""Leave in the race: somebody is away over bookings, and these are settled, or back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from drills import draws
from drills.client import Answer, Client

# Few, so that the doctors can still be booked.
_MOST = 3
_MINUTES = (60, 90, 120)
# A proposal that is looked at is chosen so often; the others free themselves.
_CHOSEN = 0.6

Cascade = Mapping[str, Any]


def absent(client: Client) -> None:
    """Let a doctor be away while others book them, if few are away already."""
    if len(_standing(client)) < _MOST:
        _mark(client)
    else:
        choose(client)


def choose(client: Client) -> None:
    """Take some of what is held for those whom leave meets, all in one step."""
    _take(client, _waiting(client))


def _take(client: Client, told: Cascade) -> None:
    choices = [
        {"appointment_id": each["appointment"]["id"], "proposal_id": chosen["id"]}
        for each in _drawn(client, told)
        for chosen in [client.dice.choice(each["proposals"])]
        if chosen["status"] == "open"
    ]
    if choices:
        address = f"/cascades/{told['id']}/apply"
        body = {"choices": choices}
        _tell(client, "choose", address, body, "moved", key=client.fresh_key())


def enlist(client: Client) -> None:
    """Put some of those whom leave meets on the rebooking list."""
    told = _waiting(client)
    named = [each["appointment"]["id"] for each in _drawn(client, told)]
    if named:
        address = f"/cascades/{told['id']}/list"
        _tell(client, "enlist", address, {"appointments": named}, "listed")


def hold_again(client: Client) -> None:
    """Have places held for whom none is held any longer."""
    told = _waiting(client)
    if told:
        client.act("hold_again", f"/cascades/{told['id']}/propose", admin=True)


def give_back(client: Client) -> None:
    """Take leave back: who was moved or listed returns, where that can be."""
    standing = _standing(client)
    settled = [e for e in standing if {"moved", "listed"} & e["counts"].keys()]
    if len(settled) > 1:
        _give_back(client, client.dice.choice(settled)["id"])
    else:
        choose(client)


def briefly(client: Client) -> None:
    """Be away over somebody's visit, move who is met elsewhere, and return at once."""
    doctors = {client.scene.doctor.id, client.scene.other.id}
    met = [
        each
        for each in draws.seen(client)
        if each["status"] in draws.STANDS and each["resource"]["id"] in doctors
    ]
    if not met:
        return
    which = client.dice.choice(met)
    told = _away(client, which["resource"]["id"], which["starts_at"], which["ends_at"])
    if told.is_good:
        _take(client, client.ask("GET", f"/cascades/{told.body['id']}").body)
        _give_back(client, told.body["id"])


def _standing(client: Client) -> Sequence[Cascade]:
    first, last = client.scene.slots[0][1], client.scene.other.spans[-1][1]
    query = f"from={draws.query(first)}&to={draws.query(last)}"
    told = client.ask("GET", client.here(f"cascades?{query}"))
    found = told.body["cascades"] if told.is_good else []
    return [each for each in found if each["undone_at"] is None]


def _waiting(client: Client) -> Cascade:
    """Give leave over somebody who is not settled yet; else make room for other."""
    standing = _standing(client)
    found = [each for each in standing if "waiting" in each["counts"]]
    if found:
        which = client.dice.choice(found)["id"]
        told = client.ask("GET", f"/cascades/{which}")
        return told.body if told.is_good else {}
    of_nobody = [each for each in standing if not each["counts"]]
    if len(standing) < _MOST:
        _mark(client)
    else:
        # One stays settled, for the auditor to see.
        over = of_nobody or standing[1:]
        _give_back(client, client.dice.choice(over)["id"])
    return {}


def _drawn(client: Client, told: Cascade) -> list[Mapping[str, Any]]:
    """Draw some of those who wait, for whom something is held."""
    waiting = [
        each
        for each in told.get("items", ())
        if each["fate"] == "waiting" and each["proposals"]
    ]
    drawn = [each for each in waiting if client.dice.random() < _CHOSEN]
    return drawn or waiting[:1]


def _mark(client: Client) -> None:
    """Let a doctor be away for an hour or two: of their tokens, or of open time."""
    scene = client.scene
    if client.dice.random() < 0.3:
        # Of one day only: the tokens of the other one go on.
        resource, start = client.dice.choice(scene.slots[:3])
    else:
        of = client.dice.choice([scene.doctor, scene.other])
        resource, start = of.id, client.dice.choice(of.spans)[0]
        later = timedelta(minutes=30 * client.dice.randrange(4))
        start = (datetime.fromisoformat(start) + later).isoformat()
    length = timedelta(minutes=client.dice.choice(_MINUTES))
    end = (datetime.fromisoformat(start) + length).isoformat()
    _away(client, resource, start, end)


def _away(client: Client, resource: str, start: str, end: str) -> Answer:
    body = {"resource_id": resource, "starts_at": start, "ends_at": end}
    return client.act(
        "absent",
        client.here("absences"),
        body | {"reason": "away in the race"},
        key=client.fresh_key(),
        admin=True,
    )


def _give_back(client: Client, which: str) -> None:
    _tell(client, "give_back", f"/cascades/{which}/undo", {}, "returned")


def _tell(
    client: Client,
    act: str,
    address: str,
    body: Mapping[str, Any],
    fate: str,
    *,
    key: str = "",
) -> None:
    """Ask for an act on a cascade, and note every booking that came to this fate."""
    told = client.act(act, address, body, key=key, admin=True)
    if not told.is_good:
        return
    for item in told.body.get("cascade", told.body)["items"]:
        if item["fate"] == fate:
            booking = item["appointment"]
            client.note(fate, Answer(told.status, booking, told.sent, told.got))
