"""Kinds of things that can be scheduled, and of reasons to come."""

from enum import StrEnum

# What a plain room is for; one without any capability is taken for such a room too.
CONSULTING = "consulting"


class ResourceKind(StrEnum):
    PRACTITIONER = "practitioner"
    ROOM = "room"
    CHAIR = "chair"
    LOCATION = "location"
    EQUIPMENT = "equipment"
    TEAM = "team"


class LocationForm(StrEnum):
    """What a place is. Rooms and chairs are places too."""

    ROOM = "room"
    CHAIR = "chair"
    THEATRE = "theatre"
    SITE = "site"


class Category(StrEnum):
    """The family of an appointment type; it gives the colour and the icon."""

    NEW = "new"
    FOLLOW_UP = "follow_up"
    PROCEDURE = "procedure"
    VACCINATION = "vaccination"


class NetworkTerms(StrEnum):
    """Where a visit that is booked through the network is paid, if it has a price."""

    DESK = "desk"
    PREPAID = "prepaid"
