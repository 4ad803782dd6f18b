"""Words to write a strict schema in: JSON Schema, draft 2020-12."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]


def closed(needed: Mapping[str, Schema], also: Mapping[str, Schema] = {}) -> Schema:
    """Describe an object that has all that it needs, and nothing that is not named."""
    return {
        "type": "object",
        "properties": {**needed, **also},
        "required": list(needed),
        "additionalProperties": False,
    }


def listed(of: Schema, least: int = 1, most: int | None = None) -> Schema:
    """Describe a list of things that are alike."""
    upper = {} if most is None else {"maxItems": most}
    return {"type": "array", "items": of, "minItems": least, **upper}


def one_of(*values: Any) -> Schema:
    """Describe a choice."""
    return {"enum": list(values)}


def form(pattern: str) -> Schema:
    """Describe a text that is wholly of this pattern."""
    return {"type": "string", "pattern": f"^(?:{pattern})$"}
