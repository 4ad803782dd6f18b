from app.core.errors import ConflictError


class ScheduleOverlapError(ConflictError):
    """Two configurations would hold at one time; both are named in the params."""

    code = "schedule_overlap"
