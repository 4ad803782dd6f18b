"""Errors a room may raise on purpose. A door decides how each is told."""

from typing import Any, ClassVar


class DomainError(Exception):
    """
    A refusal a person can act on; never a bug.

    `code` is stable and names the kind; `params` are what its words need. Doors hold
    the words. `field` names the input it is about, when there is one.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        self.field = field
        self.params = params
        super().__init__(f"{self.code} {params}" if params else self.code)


class InputError(DomainError):
    """What was sent cannot mean anything; `params["reason"]` says why."""

    code = "invalid"


class KeyReusedError(InputError):
    """The same idempotency key came with another body."""

    code = "idempotency_key_reused"


class NotFoundError(DomainError):
    """No such thing, or not for this actor's eyes."""

    code = "not_found"

    def __init__(self, what: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(field=field, what=what, **params)


class ForbiddenError(DomainError):
    """This actor may not do that here."""

    code = "forbidden"


class ConflictError(DomainError):
    """The world has moved on since the caller last looked."""

    code = "conflict"


class RuleError(DomainError):
    """A rule of the facility forbids it."""

    code = "rule"


class UnavailableError(DomainError):
    """The database is away; trying again in a while is right."""

    code = "unavailable"


class BusyError(DomainError):
    """Too many want the same thing at this moment; trying again is right."""

    code = "busy"
