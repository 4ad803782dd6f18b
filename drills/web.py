"""The web process of a drill: Baari as it is, at the drill's pace."""

from flask import Flask

import wsgi
from drills import pace


def create() -> Flask:
    """Make the app, as in `gunicorn 'drills.web:create()'`."""
    pace.keep()
    return wsgi.create()
