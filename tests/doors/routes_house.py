"""Routes that belong to no door: health and static files."""

from tests.doors.access import Route, everybody

HOUSE = (
    Route("health.healthz", "GET", everybody()),
    Route("health.readyz", "GET", everybody()),
    Route("static", "GET", everybody(), args=lambda _: {"filename": "css/baari.css"}),
)
