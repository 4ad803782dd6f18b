"""The network's door: Beckn protocol messages, mapped onto the same services."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the network's door on the app; the room is still empty."""
    app.extensions["beckn"] = "empty"
