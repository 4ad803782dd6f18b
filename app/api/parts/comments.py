"""Comments on whatever the caller may see; nobody changes one or takes it away."""

from http import HTTPStatus
from typing import Any

from app.api import headers
from app.api.blueprint import Part
from app.api.schemas.comments import (
    CommentSchema,
    CommentsSchema,
    NewCommentSchema,
)
from app.audit import queries, service
from app.audit.views import CommentView
from app.core import clock
from app.doors import current

bp = Part("comments", "Comments on appointments, hours, resources, slots, conflicts…")

Answer = tuple[CommentView, int, dict[str, str]]


@bp.get("/objects/<kind>/<object_id>/comments")
@bp.response(200, CommentsSchema)
def index(kind: str, object_id: str) -> dict[str, Any]:
    """
    Read what was said about an object, the latest first.

    Kinds are appointment, series, slot, conflict, procedure, cascade, displacement,
    waitlist_entry, schedule, exception, maintenance, facility, department, resource,
    appointment_type, patient, queue, queue_entry, queue_level, counter, user and role.
    A slot goes by the ids of its facility and its resource and by its start, parted by
    dots, as in FACILITY.RESOURCE.20261128T0930Z.
    """
    return {"comments": queries.comments(kind, object_id, by=current.actor())}


@bp.post("/objects/<kind>/<object_id>/comments")
@bp.doc(parameters=[headers.ONCE_DOC])
@bp.arguments(NewCommentSchema)
@bp.response(201, CommentSchema)
def create(text: str, kind: str, object_id: str) -> Answer:
    """Say something about an object that the caller may see."""
    now, key = clock.now(), headers.once()
    told = service.comment(
        kind,
        object_id,
        text,
        by=current.actor(),
        now=now,
        once=key.key if key else None,
    )
    tags = {} if told.at == now else {headers.REPLAYED: "true"}
    return told, HTTPStatus.CREATED, tags
