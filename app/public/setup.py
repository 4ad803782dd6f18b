"""Hang the patients' door into the app: nobody signs in here."""

from flask import Flask

from app.doors import languages, packing
from app.public import (
    arriving,
    board,
    booking_again,
    booking_choosing,
    booking_guardian,
    booking_person,
    booking_proof,
    booking_waiting,
    branding,
    devices,
    joining,
    phone_proof,
    proving,
    replies,
    scanning,
    status,
    stopping,
    visiting,
)

PAGES = (
    board.bp,
    arriving.bp,
    status.bp,
    visiting.bp,
    joining.bp,
    status.old,
    proving.bp,
    replies.bp,
    stopping.bp,
    devices.bp,
    scanning.bp,
    booking_choosing.bp,
    booking_again.bp,
    booking_person.bp,
    booking_guardian.bp,
    booking_waiting.bp,
)


def init_app(app: Flask) -> None:
    """Register the patients' pages and the boards on the wall, sent compressed."""
    board.init_app(app)
    for bp in PAGES:
        if bp is not board.bp:
            app.register_blueprint(bp)
    languages.init_app(app)
    branding.init_app(app)
    packing.init_app(app, (bp.name for bp in PAGES))
    booking_proof.use(app, phone_proof.ByCode())
