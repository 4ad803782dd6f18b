"""The hospital of the scramble: one doctor, and one token in each of its slots."""

import json
import os
import secrets
import sys
from datetime import datetime
from pathlib import Path

from app.accounts import service as accounts
from app.accounts.permissions import Role
from app.accounts.service import NewUser
from app.accounts.views import ALL, EVERYWHERE
from app.core import clock
from app.core.actor import SYSTEM
from app.core.settings import Settings
from app.doors.migrations import upgrade
from app.patients import service as patients
from app.patients.views import NewPatient
from drills import clinic
from wsgi import create_app

SLOT_MINUTES, SLOTS_A_DAY = 10, 30


def build(*, now: datetime) -> dict[str, str]:
    """Open it; give its names, how the desk acts, and whom the desk books."""
    told = clinic.build(now=now, minutes=SLOT_MINUTES, tokens=1)
    order = NewUser(username="desk", name="Desk", password=secrets.token_hex(16))
    accounts.add_user(order, by=SYSTEM, now=now)
    accounts.give_role("desk", Role.RECEPTION, ALL, by=SYSTEM, now=now)
    desk = accounts.make_token("desk", "scramble", by=SYSTEM, now=now, expires_at=None)
    caller = NewPatient(name="Caller")
    known = patients.register(caller, by=SYSTEM, now=now, scope=EVERYWHERE)
    return {**told, "desk": desk, "patient": str(known.public_id)}


def main(scene: Path) -> None:
    """Make the database, open the clinic in it, and write down what is in it."""
    app = create_app(Settings.from_environ(os.environ))
    upgrade(app)
    with app.app_context():
        scene.write_text(json.dumps(build(now=clock.now())), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
