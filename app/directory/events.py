"""What the directory tells the rooms above, inside its transaction."""

from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor
from app.directory.views import ResourceView


@dataclass(frozen=True, slots=True)
class DepartmentClosing:
    """A department goes out of use: who hears it and cannot have that refuses."""

    department_id: int


@dataclass(frozen=True, slots=True)
class ZoneChanging:
    """A facility's clock is to be another: who cannot have that refuses."""

    facility_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class ResourceChanged:
    """A resource holds more or fewer at a time, or went out of use or back in."""

    before: ResourceView
    resource: ResourceView
    by: Actor
    now: datetime
