"""What an actor may be allowed to do, and which role brings what."""

from collections.abc import Mapping
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
    VIEW_PATIENTS = "patients:view"
    REGISTER_PATIENTS = "patients:register"
    MANAGE_SCHEDULES = "availability:manage"
    MANAGE_DIRECTORY = "directory:manage"
    MANAGE_ACCOUNTS = "accounts:manage"
    IMPORT = "exchange:import"
    IMPORT_AS_OF = "exchange:import_as_of"


class Role(StrEnum):
    ADMIN = "admin"
    DOCTOR = "doctor"
    RECEPTION = "reception"
    NURSE = "nurse"
    LOCATION_MANAGER = "location_manager"
    ANALYST = "analyst"


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
    }
)

# Whose hours they are may also set token slots and planned cases aside.
_OWNER = frozenset(
    {
        Permission.MANAGE_SCHEDULES,
        Permission.APPROVE,
        Permission.OVERRIDE_SLOTS,
        Permission.DISPLACE,
    }
)

ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.RECEPTION: _DESK,
    Role.NURSE: _DESK - {Permission.CANCEL},
    Role.DOCTOR: _DESK | _OWNER,
    Role.LOCATION_MANAGER: _DESK | _OWNER,
    Role.ANALYST: frozenset({Permission.VIEW_CALENDAR, Permission.VIEW_ANALYTICS}),
}


def bringing(permission: Permission) -> tuple[Role, ...]:
    """Tell which roles bring a permission, so that a refusal can say whom to ask."""
    return tuple(role for role, brings in ROLES.items() if permission in brings)
