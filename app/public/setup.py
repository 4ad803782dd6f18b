"""Hang the patients' door into the app: nobody signs in here."""

from flask import Flask

from app.doors import packing
from app.public import (
    arriving,
    board,
    booking_choosing,
    booking_person,
    booking_proof,
    branding,
    devices,
    phone_proof,
    proving,
    scanning,
    status,
    visiting,
)

PAGES = (
    board.bp,
    arriving.bp,
    status.bp,
    visiting.bp,
    status.old,
    proving.bp,
    devices.bp,
    scanning.bp,
    booking_choosing.bp,
    booking_person.bp,
)


def init_app(app: Flask) -> None:
    """Register the patients' pages and the boards on the wall, sent compressed."""
    board.init_app(app)
    for bp in PAGES:
        if bp is not board.bp:
            app.register_blueprint(bp)
    branding.init_app(app)
    packing.init_app(app, (bp.name for bp in PAGES))
    booking_proof.use(app, phone_proof.ByCode())
