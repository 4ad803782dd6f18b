"""Why patients cannot be merged, or parted again."""

from app.core.errors import ConflictError


class MergeError(ConflictError):
    """`params["reason"]` says what stands against it."""

    code = "merge"
