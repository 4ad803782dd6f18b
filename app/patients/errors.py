"""Why patients cannot be merged, or parted again, and what a merge stops."""

from app.core.errors import ConflictError


class MergeError(ConflictError):
    """`params["reason"]` says what stands against it."""

    code = "merge"


class PatientMergedError(ConflictError):
    """They went up in another record while this was being written."""

    code = "patient_merged"


class IdentifierTakenError(ConflictError):
    """That number is another patient's, or this one has another."""

    code = "identifier_taken"
