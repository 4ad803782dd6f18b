from app.core.errors import ConflictError, DomainError, UnavailableError


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


class CodeError(DomainError):
    """That is not the code, or it is not to be had any more; which is not told."""

    code = "code"


class CodesTooManyError(DomainError):
    """Too many codes were asked for of late; `params["seconds"]` says how long."""

    code = "codes_too_many"


class NoCarrierError(UnavailableError):
    """Nobody brings codes to phones at this installation."""

    code = "no_carrier"
