"""The network's door: Beckn protocol messages, mapped onto the same services."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the network's door on the app; the room is still empty."""
    # Here and not above: `baari --help` needs none of it.
    from beckn.ordering import models  # noqa: F401, PLC0415 - its tables are ours

    app.extensions["beckn"] = "empty"
