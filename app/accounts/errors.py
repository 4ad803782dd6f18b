from app.core.errors import ConflictError, DomainError


class SignInError(DomainError):
    """Name and password do not open anything; which of them is wrong is not told."""

    code = "sign_in"


class UsernameTakenError(ConflictError):
    code = "username_taken"
