"""Rows of the wall boards: what hangs where, and what it lets be seen."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, choice
from app.queues.kinds import Privacy


class Board(Model):
    """
    A screen that shows who is called; anybody who has its code may look.

    `revision` turns the version of what it shows whenever it is changed.
    """

    __tablename__ = "boards"
    __table_args__ = (
        # A second press of the button makes no second board.
        Index(
            "uq_boards_name",
            "facility_id",
            "name",
            unique=True,
            postgresql_where=text("active"),
        ),
        CheckConstraint("code ~ '^[a-z2-9]{12}$'", name="code"),
        CheckConstraint("cardinality(languages) BETWEEN 1 AND 4", name="languages"),
    )

    public_id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facilities.id"))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    privacy: Mapped[Privacy] = mapped_column(choice(Privacy, "privacy"))
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(8)))
    sound: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    revision: Mapped[int] = mapped_column(server_default="1", default=1)


class BoardShow(Model):
    """A doctor or service whose queues a board shows, or a counter it shows."""

    __tablename__ = "board_shows"
    __table_args__ = (
        CheckConstraint("num_nonnulls(resource_id, counter_id) = 1", name="one_thing"),
        UniqueConstraint("board_id", "resource_id"),
        UniqueConstraint("board_id", "counter_id"),
    )

    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    counter_id: Mapped[int | None] = mapped_column(ForeignKey("counters.id"))
