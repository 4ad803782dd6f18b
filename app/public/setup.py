"""Hang the patients' door into the app: nobody signs in here."""

from flask import Flask

from app.public import (
    arriving,
    board,
    booking_again,
    booking_choosing,
    booking_guardian,
    booking_person,
    booking_proof,
    booking_waiting,
    devices,
    phone_proof,
    proving,
    replies,
    scanning,
    status,
    stopping,
    visiting,
)


def init_app(app: Flask) -> None:
    """Register the patients' pages and the boards on the wall."""
    board.init_app(app)
    app.register_blueprint(arriving.bp)
    app.register_blueprint(status.bp)
    app.register_blueprint(visiting.bp)
    app.register_blueprint(status.old)
    app.register_blueprint(proving.bp)
    app.register_blueprint(replies.bp)
    app.register_blueprint(stopping.bp)
    app.register_blueprint(devices.bp)
    app.register_blueprint(scanning.bp)
    app.register_blueprint(booking_choosing.bp)
    app.register_blueprint(booking_again.bp)
    app.register_blueprint(booking_person.bp)
    app.register_blueprint(booking_guardian.bp)
    app.register_blueprint(booking_waiting.bp)
    booking_proof.use(app, phone_proof.ByCode())
