"""Why somebody is not believed."""

from enum import StrEnum


class Flaw(StrEnum):
    """What is wrong with a signature, as logs and tests name it."""

    MISSING = "missing"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    EARLY = "created_in_the_future"
    EXPIRED = "expired"
    UNKNOWN = "unknown_key"
    UNASKED = "registry_not_asked"
    RETIRED = "key_not_valid_now"
    ROLE = "not_of_that_role"
    FALSE = "signature_is_false"
    DOMAIN = "not_of_that_domain"
    OTHER = "signer_is_another"


class SignatureError(Exception):
    """Nobody vouches for these bytes; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
