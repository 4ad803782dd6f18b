"""Wall boards: what hangs where, and what each lets be seen."""

from typing import Any
from uuid import UUID

from app.api.blueprint import Part
from app.api.places import facility_of
from app.api.schemas.boards import (
    BoardSchema,
    BoardsSchema,
    ChangingBoardSchema,
    NewBoardSchema,
)
from app.core import clock
from app.doors import current
from app.queues import queries, service
from app.queues.board_views import BoardChange, BoardView, NewBoard

bp = Part("boards", "Wall boards of a facility")


@bp.get("/facilities/<uuid:facility_id>/boards")
@bp.response(200, BoardsSchema)
def index(facility_id: UUID) -> dict[str, list[BoardView]]:
    """List the boards of a facility with their codes, those taken down at the end."""
    return {"boards": queries.boards(facility_of(facility_id), by=current.actor())}


@bp.post("/facilities/<uuid:facility_id>/boards")
@bp.arguments(NewBoardSchema)
@bp.response(201, BoardSchema)
def add(asked: dict[str, Any], facility_id: UUID) -> BoardView:
    """Hang up a board; anybody who has its code may look."""
    wanted = NewBoard(facility_of(facility_id).public_id, **asked)
    return service.add_board(wanted, by=current.actor(), now=clock.now())


@bp.post("/boards/<uuid:board_id>")
@bp.arguments(ChangingBoardSchema)
@bp.response(200, BoardSchema)
def change(asked: BoardChange, board_id: UUID) -> BoardView:
    """Change a board, give it another code, take it down or hang it up again."""
    return service.change_board(board_id, asked, by=current.actor(), now=clock.now())
