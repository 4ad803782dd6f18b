"""The published schema and our stricter own, and what of wrong messages is noticed."""

import os
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from beckn.dialects.core_schema import SCHEMAS
from tests.beckn.mutations import changed, drop, misspell, retype, spots

SPEC = os.environ.get("BECKN_SPEC_DIR", "")

needs_published = pytest.mark.skipif(
    not SPEC, reason="BECKN_SPEC_DIR tells no published schemas"
)


@cache
def strict(action):
    return Draft202012Validator(SCHEMAS[action])


@cache
def _registry():
    file = Path(SPEC) / "transaction.yaml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Registry().with_resource(
        "urn:core", Resource(contents=document, specification=DRAFT202012)
    )


def published(action):
    """Give the published schema of a whole message."""
    where = (
        f"urn:core#/paths/~1{action}/post/requestBody/content/application~1json/schema"
    )
    return Draft202012Validator({"$ref": where}, registry=_registry())


# What is done to each key of each message, and the least part that must be noticed.
WRONG = {drop: 0.90, misspell: 0.99, retype: 0.97}


def noticed(messages, wrong, strict=strict):
    """Do one wrong to each key in turn; give how many there were, and were noticed."""
    found = [
        not strict(action).is_valid(changed(message, path, wrong))
        for action, message in messages
        for path in spots(message)
    ]
    return len(found), sum(found)
