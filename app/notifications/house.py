"""Where this house is found from outside: messages link to it."""

from app.core.settings import Settings

_known = {"address": ""}


def use(settings: Settings) -> None:
    """Learn where people reach this house, if somewhere; at composition."""
    here = f"http://{settings.host}:{settings.port}" if settings.demo else ""
    _known["address"] = settings.url or here


def at(path: str) -> str:
    """Give the whole address of a path here; nothing where the house has no address."""
    return f"{_known['address']}{path}" if _known["address"] else ""
