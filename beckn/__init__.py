"""The network's door: Beckn protocol messages, mapped onto the same services."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the network's door on the app; it is shut until `door.use` opens it."""
    # Here and not above: `baari --help` needs none of it.
    from beckn import challenged, jobs, receiving  # noqa: PLC0415

    receiving.init_app(app)
    challenged.init_app(app)
    jobs.listen()
