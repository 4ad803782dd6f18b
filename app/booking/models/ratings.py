"""What patients say of a visit afterwards."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Instant, Model


class Rating(Model):
    """Stars from 1 to 5 and words, once for each who took part."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("changed_at >= rated_at", name="changed"),
    )

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participants.id"), unique=True
    )
    stars: Mapped[int]
    words: Mapped[str] = mapped_column(String(1000))
    rated_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
