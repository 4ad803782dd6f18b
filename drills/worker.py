"""The worker of a drill: Baari's own, at the drill's pace."""

import sys

import wsgi
from drills import pace

if __name__ == "__main__":
    pace.keep()
    sys.argv[1:] = ["worker"]
    wsgi.command()
