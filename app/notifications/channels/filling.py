"""What of a message stands for which name in the address of a gateway."""

import re
from collections.abc import Mapping

from app.notifications.channels.letter import Letter

_NAME = re.compile(r"\{([a-z_]+)\}")


def values_of(letter: Letter) -> dict[str, str]:
    """Give the value of each name there is, as `core.gateways.NAMES` lists them."""
    return {
        "to": letter.to,
        # As most gateways in India ask for a number.
        "digits": letter.to.removeprefix("+"),
        "text": letter.text,
        "id": str(letter.id),
        "template_id": letter.template_id,
        "sender": letter.sender,
        "language": letter.language,
    }


def fill(written: str, values: Mapping[str, str]) -> str:
    """Put each value where its name stands in braces; other braces stay as they are."""
    return _NAME.sub(lambda found: values.get(found[1], found[0]), written)
