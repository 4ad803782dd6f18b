"""The jobs of a drill: what a worker does each minute, each minute of the drill."""

import os
import sys
import time

from app.booking import ordering, service, working
from app.core import clock
from app.core.actor import SYSTEM
from app.core.errors import BusyError
from app.core.settings import Settings
from drills import pace
from wsgi import create_app


def main(until: float) -> None:
    """Sweep until that real moment: requests expire, offers pass on, leave goes on."""
    pace.keep()
    app = create_app(Settings.from_environ(os.environ))
    while time.time() < until:
        with app.app_context():
            try:
                service.expire_requests(by=SYSTEM, now=clock.now())
                service.offer_freed(by=SYSTEM, now=clock.now())
                for each in ordering.due():
                    working.step(each, now=clock.now())
            except BusyError:
                # The next round finds what this one left.
                continue
        time.sleep(1)


if __name__ == "__main__":
    main(float(sys.argv[1]))
