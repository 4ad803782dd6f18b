"""What doors read of the window for booking and the limits of one resource."""

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.booking import rules, setting
from app.booking.setting import RuleView
from app.core.actor import Actor
from app.directory import internal as directory
from app.directory.views import FacilityView, ResourceView


def windows(
    facility: FacilityView, resource: ResourceView | None, *, by: Actor
) -> list[RuleView]:
    """
    Give the rules that belong to hours and hold for a resource, its own ones first.

    Without a resource those of the facility as a whole, for who sees a calendar there.

    :raises ForbiddenError: if there is nothing of it for this actor's eyes
    """
    sight = accounts.sight(by, Permission.VIEW_CALENDAR)
    every = [resource] if resource else directory.resources(facility.id)
    if not any(sight.has(facility.id, each.thing) for each in every):
        # Of a place without resources there may be rules already.
        accounts.require(by, Permission.VIEW_CALENDAR, Scope(facility.id))
    departments = {d.public_id: d.id for d in directory.departments(facility.id)}
    number = resource.department_id if resource else None
    found = [
        rule
        for rule in setting.standing(facility)
        if rule.kind in rules.OF_HOURS
        and rule.resource_id in {None, resource.public_id if resource else None}
        and (rule.department_id is None or departments[rule.department_id] == number)
    ]
    return sorted(found, key=lambda rule: rule.resource_id is None)
