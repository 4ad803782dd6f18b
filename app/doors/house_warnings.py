"""What is not as it must be for real use: told on each page of staff."""

from flask import Flask, current_app

_NAME = "baari.warnings"


def init_app(app: Flask) -> None:
    """Let templates ask what there is to warn of."""
    app.extensions[_NAME] = []
    app.jinja_env.globals["house_warnings"] = standing


def warn(app: Flask, words: str) -> None:
    """Have all staff read this, on every page, for as long as the process runs."""
    app.extensions[_NAME].append(words)


def standing() -> list[str]:
    """Give all that there is to warn of."""
    found: list[str] = current_app.extensions[_NAME]
    return found
