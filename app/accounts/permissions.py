"""What an actor may be allowed to do, and which role brings what."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Permission(StrEnum):
    VIEW_CALENDAR = "booking:view_calendar"
    REQUEST = "booking:request"
    BOOK = "booking:book"
    MODIFY = "booking:modify_appointment"
    CANCEL = "booking:cancel_appointment"
    APPROVE = "booking:approve"
    CHECK_IN = "booking:check_in"
    ATTEND = "booking:attend"
    OVERRIDE = "booking:override"
    OVERRIDE_RULES = "booking:override_rules"
    OVERBOOK = "booking:overbook"
    OVERRIDE_SLOTS = "booking:override_slots"
    DISPLACE = "booking:displace"
    MANAGE_RULES = "booking:manage_rules"
    VIEW_ANALYTICS = "booking:view_analytics"
    VIEW_AUDIT = "audit:view"
    VIEW_PATIENTS = "patients:view"
    REGISTER_PATIENTS = "patients:register"
    MERGE_PATIENTS = "patients:merge"
    TAKE_PAYMENT = "payments:take"
    VOID_PAYMENT = "payments:void"
    MANAGE_SCHEDULES = "availability:manage"
    MANAGE_DIRECTORY = "directory:manage"
    KEEP_LOCATION = "locations:keep"
    OWN_LOCATION = "locations:own"
    MANAGE_ACCOUNTS = "accounts:manage"
    KEEP_MESSAGES = "messages:keep"
    IMPORT = "exchange:import"
    IMPORT_AS_OF = "exchange:import_as_of"
    MANAGE_NETWORK = "network:manage"


class Role(StrEnum):
    """
    The roles that ship; a hospital adds its own as data.

    The last two are for single places: who owns one, and who is authorised to book it.
    """

    ADMIN = "admin"
    DOCTOR = "doctor"
    RECEPTION = "reception"
    NURSE = "nurse"
    LOCATION_MANAGER = "location_manager"
    ANALYST = "analyst"
    LOCATION_OWNER = "location_owner"
    LOCATION_USER = "location_user"


# What somebody may be to one place, given and taken by who keeps it.
ON_A_PLACE = (Role.LOCATION_OWNER, Role.LOCATION_MANAGER, Role.LOCATION_USER)


_DESK = frozenset(
    {
        Permission.VIEW_CALENDAR,
        Permission.REQUEST,
        Permission.BOOK,
        Permission.MODIFY,
        Permission.CANCEL,
        Permission.CHECK_IN,
        Permission.ATTEND,
        Permission.VIEW_PATIENTS,
        Permission.REGISTER_PATIENTS,
        Permission.TAKE_PAYMENT,
    }
)

# Whose hours they are may also set token slots and planned cases aside, and see who did
# what to them.
_OVER_HOURS = frozenset(
    {
        Permission.MANAGE_SCHEDULES,
        Permission.APPROVE,
        Permission.OVERRIDE_SLOTS,
        Permission.DISPLACE,
        Permission.VIEW_AUDIT,
    }
)

_KEEPER = _DESK | _OVER_HOURS | {Permission.KEEP_LOCATION, Permission.VOID_PAYMENT}

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.RECEPTION: _DESK,
    Role.NURSE: _DESK - {Permission.CANCEL},
    Role.DOCTOR: _DESK,
    Role.LOCATION_MANAGER: _KEEPER,
    Role.ANALYST: frozenset({Permission.VIEW_CALENDAR, Permission.VIEW_ANALYTICS}),
    Role.LOCATION_OWNER: _KEEPER | {Permission.OWN_LOCATION},
    Role.LOCATION_USER: _DESK,
}

# What a role brings beyond that over the one resource it is given for: doctors manage
# their own hours, and nobody else's.
_OVER_ONES_OWN: Mapping[Role, frozenset[Permission]] = {
    Role.DOCTOR: _OVER_HOURS,
}

# Who only has the facility may not do these to a place for authorised people.
GUARDED = frozenset(
    {
        Permission.REQUEST,
        Permission.BOOK,
        Permission.OVERBOOK,
        Permission.MODIFY,
        Permission.CANCEL,
        Permission.APPROVE,
    }
)
# Who keeps the place may do these to whatever is booked there, whoever else is in it.
OF_KEEPERS = frozenset({Permission.MODIFY, Permission.CANCEL, Permission.APPROVE})

# What a patient may do, without any account, with what is marked public. Being put on
# the books is part of booking; nothing of another patient can be read with it.
PUBLIC = frozenset(
    {
        Permission.VIEW_CALENDAR,
        Permission.REQUEST,
        Permission.BOOK,
        Permission.REGISTER_PATIENTS,
    }
)

_NAMED: Mapping[str, Permission] = {each.value: each for each in Permission}


def brought(role: Role, *, own: bool) -> frozenset[Permission]:
    """Tell what a role brings; `own` if it is given for one resource."""
    return ROLES[role] | (_OVER_ONES_OWN.get(role, frozenset()) if own else frozenset())


def known(names: Iterable[str]) -> frozenset[Permission]:
    """Give permissions by their names; one that Baari knows no more brings nothing."""
    return frozenset(_NAMED[name] for name in names if name in _NAMED)


def bringing(permission: Permission) -> tuple[Role, ...]:
    """Tell which roles bring a permission, so that a refusal can say whom to ask."""
    return tuple(role for role in Role if permission in brought(role, own=True))
