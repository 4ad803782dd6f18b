"""Acts of the trail: comment on what one may see."""

from app.audit.saying import comment

__all__ = ["comment"]
