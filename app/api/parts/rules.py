"""Rules of booking: list, set, drop."""

from uuid import UUID

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.hours import MadeSchema
from app.api.schemas.rules import NewRuleSchema, RulesSchema
from app.booking import queries, service
from app.booking.setting import NewRule, RuleView
from app.core import clock
from app.doors import current

bp = Part("rules", "Rules of booking: what holds where")


@bp.get("/facilities/<uuid:facility_id>/rules")
@bp.response(200, RulesSchema)
def index(facility_id: UUID) -> dict[str, list[RuleView]]:
    """List the rules that hold in a facility, in the order in which they are asked."""
    return {"rules": queries.rules(facility_of(facility_id), by=current.actor())}


@bp.post("/rules")
@bp.arguments(NewRuleSchema)
@bp.response(201, MadeSchema)
def add(order: NewRule) -> dict[str, UUID]:
    """Set a rule from now on; what is booked already stays."""
    return {"id": service.add_rule(order, by=current.actor(), now=clock.now())}


@bp.post("/rules/<uuid:rule_id>/drop")
@bp.response(204)
def drop(rule_id: UUID) -> None:
    """Let a rule hold no longer."""
    service.drop_rule(rule_id, by=current.actor(), now=clock.now())
