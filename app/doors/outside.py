"""Whether jobs wait for other houses: those get a worker of their own."""

from flask import Flask

_NAME = "baari.outside"


def expect(app: Flask) -> None:
    """Say at composition that there are such jobs."""
    app.extensions[_NAME] = True


def expected(app: Flask) -> bool:
    """Tell whether there are such jobs."""
    return bool(app.extensions.get(_NAME))
