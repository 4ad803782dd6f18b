"""Whether patients book somebody online: a switch beside their hours."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.errors import NotFoundError
from app.directory import service
from app.doors import current
from app.web.hours_desk import leave_for, whose

bp = Blueprint("showing", __name__, url_prefix="/schedules")


@bp.post("/<facility>/of/<code>/online")
def show(facility: str, code: str) -> ResponseReturnValue:
    """Let patients book a resource themselves, or no more."""
    it = whose(facility, code)
    if it.resource is None:
        raise NotFoundError("resource")
    service.show_online(
        it.facility,
        it.resource.public_id,
        public=request.form.get("public") == "1",
        by=current.actor(),
        now=it.now,
    )
    return leave_for(it.to("schedules.show", done="set"))
