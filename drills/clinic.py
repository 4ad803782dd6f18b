"""The hospital of the rush: one doctor whom patients book for themselves."""

import json
import os
import sys
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from app.availability import service as availability
from app.availability.kinds import Offered
from app.availability.views import NewSchedule, NewSession
from app.core import clock
from app.core.actor import SYSTEM
from app.core.settings import Settings
from app.core.spans import local_date
from app.directory import service as directory
from app.directory.kinds import Category, ResourceKind
from app.directory.service import NewFacility, NewPost, NewResource, NewType
from app.doors.migrations import upgrade
from wsgi import create_app

# Ten half hours of four.
PLACES = 40


def build(*, now: datetime, minutes: int, tokens: int) -> dict[str, str]:
    """
    Open it; give where its times of tomorrow stand, the day, and the names of all.

    From nine to two it has so many tokens in each slot of so many minutes.
    """
    order = NewFacility(slug="rush", name="Rush", zone="Asia/Kolkata")
    place = directory.add_facility(order, by=SYSTEM, now=now)
    kind = directory.add_type(
        NewType(
            code="visit",
            name="Visit",
            category=Category.NEW,
            minutes=10,
            public=True,
            price=Decimal(300),
        ),
        by=SYSTEM,
        now=now,
    )
    doctor = directory.add_resource(
        NewResource(code="rao", kind=ResourceKind.PRACTITIONER, name="Dr Rao"),
        NewPost(place.id, token_prefix="R"),  # noqa: S106 - the letter of a queue
        by=SYSTEM,
        now=now,
    )
    opd = NewSession(
        Offered.TOKENS, tuple(range(7)), time(9), time(14), minutes, tokens
    )
    hours = NewSchedule(
        facility_id=place.public_id,
        resource_id=doctor.public_id,
        valid_from=local_date(now, place.zone),
        valid_till=None,
        sessions=(opd,),
    )
    availability.set_schedule(hours, by=SYSTEM, now=now)
    directory.show_online(place, doctor.public_id, public=True, by=SYSTEM, now=now)
    day = (local_date(now, place.zone) + timedelta(days=1)).isoformat()
    return {
        "times": f"/book/rush/with/rao/visit/{day}",
        "day": day,
        "facility": str(place.public_id),
        "doctor": str(doctor.public_id),
        "type": str(kind.public_id),
    }


def main(scene: Path) -> None:
    """Make the database, open the clinic in it, and write down where it is."""
    app = create_app(Settings.from_environ(os.environ))
    upgrade(app)
    with app.app_context():
        told = build(now=clock.now(), minutes=30, tokens=PLACES // 10)
        scene.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
