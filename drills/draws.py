"""What clients of the race draw: whose order, where and when, which booking."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from drills.client import Client
from drills.notes import Place
from drills.scene import SLOT_MINUTES, Open

_STEP_MINUTES = 10
# The longest hold, in minutes of the hospital, which are seconds here.
LONGEST_HOLD = 4
STANDS = frozenset({"requested", "scheduled"})


def order(client: Client) -> dict[str, Any]:
    return {"patient_id": client.patient(), "type_id": client.scene.type}


def holding(client: Client) -> dict[str, object]:
    """Hold for some minutes of the hospital, each a second of the race."""
    return {
        "key": f"client-{client.number}-{client.dice.randint(1, 12)}",
        "minutes": client.dice.randint(1, LONGEST_HOLD),
    }


def one(client: Client) -> list[tuple[str, str, str]]:
    scene = client.scene
    of = [scene.doctor, scene.other, scene.chairs, scene.theatre, scene.machine]
    return [part(client, client.dice.choice(of))]


def part(client: Client, of: Open) -> tuple[str, str, str]:
    first, last = map(datetime.fromisoformat, client.dice.choice(of.spans))
    minutes = client.dice.choice((20, 30, 40, 60))
    room = int((last - first).total_seconds() // 60) - minutes
    after = client.dice.randrange(0, room + 1, _STEP_MINUTES)
    start = first + timedelta(minutes=after)
    return of.id, start.isoformat(), (start + timedelta(minutes=minutes)).isoformat()


def slot(client: Client) -> tuple[str, str, str]:
    """Draw the time of one of a few token slots, of a day with later ones."""
    resource, start = client.dice.choice(client.scene.slots[-6:-3])
    end = datetime.fromisoformat(start) + timedelta(minutes=SLOT_MINUTES)
    return resource, start, end.isoformat()


def whole_set(client: Client) -> list[tuple[str, str, str]]:
    scene = client.scene
    # Half an hour to prepare: everything lies within the doctor's open time.
    surgeon, first, last = part(client, scene.doctor)
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    middle = (start + (end - start) / 2).isoformat()
    parts = [(surgeon, first, last), (scene.theatre.id, first, last)]
    parts.append((scene.machine.id, middle, last))
    if client.dice.random() < 0.5:
        parts.append((scene.chairs.id, first, middle))
    return parts


def held(client: Client) -> str:
    return client.dice.choice(list(client.held)) if client.held else ""


def some(
    client: Client, wanted: set[str] | frozenset[str], kind: str = ""
) -> Mapping[str, Any]:
    """Give one's own or, half the time, anybody's booking of such a status."""
    known = list(client.mine.values()) if client.dice.random() < 0.5 else client.others
    found = [
        each
        for each in known
        if each["status"] in wanted and kind in {"", each["kind"]}
    ]
    return client.dice.choice(found) if found else {}


def waiting(client: Client) -> list[Mapping[str, Any]]:
    told = client.ask("GET", client.here("waitlist"))
    return list(told.body["entries"]) if told.is_good else []


def seen(client: Client) -> list[Mapping[str, Any]]:
    """Give what stands as anybody may see it, and remember it."""
    first, last = client.scene.chairs.spans[0][0], client.scene.chairs.spans[-1][1]
    asked = f"from={query(first)}&to={query(last)}&limit=200"
    told = client.ask("GET", client.here(f"appointments?{asked}"))
    if told.is_good:
        client.others = list(told.body["appointments"])
    return client.others


def same(which: Mapping[str, Any]) -> Place:
    if which["kind"] == "token":
        parts = [(which["resource"]["id"], which["starts_at"], "")]
    else:
        parts = claims(which)
    return Place(which["kind"], parts, without=which["id"])


def claims(which: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["resource"]["id"], each["starts_at"], each["ends_at"])
        for each in which["resources"]
    ]


def shifted(
    client: Client, which: Mapping[str, Any]
) -> tuple[str, list[tuple[str, str, str]]]:
    """Draw another start for a timed booking; every part moves along with it."""
    by = timedelta(minutes=_STEP_MINUTES * client.dice.choice((-6, -3, -1, 1, 3, 6)))

    def later(moment: str) -> str:
        return (datetime.fromisoformat(moment) + by).isoformat()

    moved = [(each, later(a), later(b)) for each, a, b in claims(which)]
    return later(which["starts_at"]), moved


def swapped(
    client: Client, which: Mapping[str, Any]
) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Draw what an appointment shall have beside its own: the whole, and what comes."""
    scene, has = client.scene, claims(which)
    own = [each for each in has if each[0] == which["resource"]["id"]]
    others = (scene.doctor, scene.other, scene.chairs, scene.theatre, scene.machine)
    spare = [each.id for each in others if each.id != own[0][0]]
    drawn = client.dice.sample(spare, client.dice.randint(0, 2))
    coming = [(each, *own[0][1:]) for each in drawn]
    return own + coming, [each for each in coming if each not in has]


def query(moment: str) -> str:
    return moment.replace("+", "%2B")
