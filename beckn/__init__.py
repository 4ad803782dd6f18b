"""The network's door: Beckn protocol messages, mapped onto the same services."""

from flask import Flask


def init_app(app: Flask) -> None:
    """
    Register the network's door on the app; it is shut where no network is named.

    :raises SettingError: if a setting of the network is wrong
    """
    # Here and not above: `baari --help` needs none of it.
    from beckn import composing  # noqa: PLC0415

    composing.init_app(app)
