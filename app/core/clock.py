"""The one place that reads the clock. Only doors and jobs call it; rooms take `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Tell the present instant, aware, in UTC."""
    return datetime.now(UTC)
