"""Who may see a patient, as the trail and comments ask."""

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import EVERYWHERE
from app.audit import internal as audit
from app.audit.views import Seen
from app.core.actor import Actor
from app.core.errors import NotFoundError
from app.patients import identifying, internal


def listen() -> None:
    """Answer for patients, and let their numbers follow them."""
    identifying.listen()
    audit.guard("patient", _patient)


def _patient(written: str, by: Actor) -> Seen:
    """Tell of a patient to who may see those of any facility: they belong to none."""
    number = audit.number(written)
    if accounts.sight(by, Permission.VIEW_PATIENTS).nowhere:
        raise NotFoundError("patient", field="object_id")
    found = internal.one(number)
    trail = accounts.allowed(by, Permission.VIEW_AUDIT, EVERYWHERE)
    return Seen(str(number), found.name, trail=trail)
