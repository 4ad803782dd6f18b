from app.core.errors import ConflictError, DomainError


class SignInError(DomainError):
    """Name and password do not open anything; which of them is wrong is not told."""

    code = "sign_in"


class RoleCodeTakenError(ConflictError):
    code = "code_taken"


class RoleInUseError(ConflictError):
    """Somebody has the role: take it from them first."""

    code = "role_in_use"


class UsernameTakenError(ConflictError):
    code = "username_taken"
