"""Acts of notifications: read what the bell told."""

from app.notifications.reading import read_notice, read_notices

__all__ = ["read_notice", "read_notices"]
