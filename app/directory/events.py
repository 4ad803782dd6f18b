"""What the directory tells the rooms above, inside its transaction."""

from datetime import datetime

from msgspec import Struct

from app.core.actor import Actor
from app.directory.views import ResourceView


class DepartmentClosing(Struct, frozen=True):
    """A department goes out of use: who hears it and cannot have that refuses."""

    department_id: int


class ZoneChanging(Struct, frozen=True):
    """A facility's clock is to be another: who cannot have that refuses."""

    facility_id: int
    now: datetime


class ResourceChanged(Struct, frozen=True):
    """A resource holds more or fewer at a time, or went out of use or back in."""

    before: ResourceView
    resource: ResourceView
    by: Actor
    now: datetime
