"""References people read out on the phone."""

import secrets

# No letter or digit that sounds or looks like another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def fresh() -> str:
    """Make a reference as in K7M2-9QXD: about 6e11 of them, so clashes are rare."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
