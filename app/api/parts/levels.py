"""Priority levels of queues: list them, add one, change it."""

from typing import Any
from uuid import UUID

from app.api.blueprint import Part
from app.api.schemas.levels import (
    LevelChangeSchema,
    LevelsSchema,
    NewLevelSchema,
    QueueLevelSchema,
)
from app.core import clock
from app.doors import current
from app.queues import queries, service
from app.queues.views import LevelView, NewLevel

bp = Part("levels", "Priority levels of who waits")


@bp.get("/queue-levels")
@bp.response(200, LevelsSchema)
def index() -> dict[str, list[LevelView]]:
    """List the priority levels, what goes first first; those out of use too."""
    return {"levels": queries.levels(by=current.actor())}


@bp.post("/queue-levels")
@bp.arguments(NewLevelSchema)
@bp.response(201, QueueLevelSchema)
def add(asked: NewLevel) -> LevelView:
    """Add a level for all queues of every facility."""
    return service.add_level(asked, by=current.actor(), now=clock.now())


@bp.put("/queue-levels/<uuid:level_id>")
@bp.arguments(LevelChangeSchema)
@bp.response(200, QueueLevelSchema)
def change(asked: dict[str, Any], level_id: UUID) -> LevelView:
    """Change what a level is called and weighs, and whether it is offered."""
    active = asked.pop("active")
    return service.change_level(
        level_id,
        NewLevel(**asked),
        active=active,
        by=current.actor(),
        now=clock.now(),
    )
