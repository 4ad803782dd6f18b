"""Make the Flask app of this installation; `wsgi.py` adds the network's door."""

from functools import partial
from pathlib import Path

import orjson
from flask import Flask
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from app.accounts import proving
from app.accounts import seeing as seen_accounts
from app.api import setup as api
from app.availability import seeing as seen_hours
from app.booking import closing, merging, offering, ordering, upkeep
from app.booking import seeing as seen_bookings
from app.booking.events import Changed, Moved
from app.core import connections, copies, events, keyed, locks, turnstile
from app.core.db import db
from app.core.embedded import servers
from app.core.settings import Settings
from app.directory import seeing as seen_directory
from app.doors import health, reading
from app.doors import logs as doors_logs
from app.doors.encoding import Encoder
from app.doors.lean import Lean
from app.jobs import cascades, codes, nudge
from app.notifications import internal as messages
from app.patients import abha, abha_demo
from app.patients import seeing as seen_patients
from app.public import setup as public
from app.queues import following
from app.queues import seeing as seen_queues
from app.web import setup as web

# Each room answers who may see its objects, and so comment on them.
SEEN = (
    seen_accounts,
    seen_directory,
    seen_patients,
    seen_hours,
    seen_bookings,
    seen_queues,
)

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings) -> Flask:
    """
    Compose rooms and doors into one app.

    Both URLs must be set by now: who starts embedded servers knows where they are.
    """
    app = Lean(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            **connections.pool(),
            "json_serializer": connections.as_json,
            "json_deserializer": orjson.loads,
            "connect_args": {"prepare_threshold": servers.prepared_after(settings)},
        },
    )
    app.json = Encoder(app)
    app.extensions["baari.settings"] = settings
    if settings.proxies:
        # Behind a proxy everybody would share one address, and one brake on sign-ins.
        trusted = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        connections.watch(db.engine)
    _use(settings)
    Htmx(app)
    doors_logs.init_app(app)
    reading.init_app(app)
    health.init_app(app)
    web.init_app(app, settings)
    public.init_app(app)
    api.init_app(app)
    # Slots open again first: what is free is offered after that.
    closing.listen()
    events.subscribe(Changed, offering.on_change)
    events.subscribe(Moved, offering.on_move)
    following.listen()
    for room in SEEN:
        room.listen()
    merging.listen()
    upkeep.listen()
    messages.listen(settings, nudge.wake)
    ordering.nudge_with(partial(nudge.wake, cascades.JOB))
    return app


def _use(settings: Settings) -> None:
    """Tell what lies beneath all rooms which key, Redis and outbox it has."""
    keyed.use(settings.secret_key)
    locks.use(settings.redis_url)
    near = servers.is_near(settings)
    turnstile.use(turnstile.NEAR if near else turnstile.FAR)
    copies.use(settings.redis_url)
    proving.use(codes.carrier(settings), shown=settings.demo)
    abha.use(abha_demo.DemoRegistry() if settings.demo else abha.ChecksumOnly())
