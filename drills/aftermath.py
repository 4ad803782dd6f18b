"""
After a race, when all that was held has run out: the last work, and who comes then.

What leave ordered is done to its end. Where a proposal was held and nobody took it
somebody books: a place that is refused to them must be another's.
"""

import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO
from uuid import UUID

import psycopg

from app.booking import ordering, service, working
from app.booking.views import NewTimed, NewToken, Want
from app.core import clock
from app.core.actor import SYSTEM
from app.core.errors import DomainError
from app.core.settings import Settings
from drills import notes
from drills.notes import Note, Place
from drills.pace import Pace
from drills.scene import Scene
from wsgi import create_app

# Longer than whatever the race holds; its days are not over by then.
LATER = timedelta(hours=2)
_RAN_OUT = """
  SELECT a.kind, r.public_id::text, lower(p.during), upper(p.during)
  FROM cascade_proposals p JOIN resources r ON r.id = p.resource_id
  JOIN appointments a ON a.id = p.hold_id
  WHERE p.status = 'open' AND a.status = 'held' ORDER BY p.id
"""


def main(scene: Path) -> None:
    """Do what is left, then book where proposals ran out; the notes lie beside."""
    pace = Pace.from_environ(os.environ)
    clock.now = lambda: pace.now() + LATER
    settings = Settings.from_environ(os.environ)
    told = Scene.from_json(scene.read_text(encoding="utf-8"))
    with create_app(settings).app_context():
        for each in ordering.due():
            working.step(each, now=clock.now())
        with (scene.parent / "aftermath.notes").open("w", encoding="utf-8") as out:
            for place in _ran_out(settings):
                _come(told, place, pace, out)


def _ran_out(settings: Settings) -> Iterator[Place]:
    url = (settings.database_url or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(_RAN_OUT).fetchall()
    for kind, resource, start, end in found:
        till = "" if kind == "token" else end.isoformat()
        yield Place(kind, [(resource, start.isoformat(), till)])


def _come(scene: Scene, place: Place, pace: Pace, out: TextIO) -> None:
    """Book a place, and note the answer as of the moment that it is by then."""
    asked, code = pace.real(clock.now()), ""
    try:
        _book(scene, place)
    except DomainError as refused:
        code = refused.code
    status = 409 if code else 201
    note = Note(-1, "come_later", asked, asked, status, code, place=place)
    out.write(notes.write(note) + "\n")


def _book(scene: Scene, place: Place) -> None:
    resource, start, end = place.parts[0]
    facility, patient, why = map(UUID, (scene.facility, scene.patients[0], scene.type))
    at = datetime.fromisoformat(start)
    if place.kind == "token":
        token = NewToken(facility, UUID(resource), patient, why, at)
        service.book_token(token, by=SYSTEM, now=clock.now())
        return
    wants, till = (Want(UUID(resource)),), datetime.fromisoformat(end)
    timed = NewTimed(facility, patient, why, at, wants, till)
    service.book_timed(timed, by=SYSTEM, now=clock.now())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
