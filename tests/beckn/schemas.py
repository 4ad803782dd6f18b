"""The published schema and our stricter own, and what of wrong messages is noticed."""

import copy
import os
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from beckn.dialects.core_schema import SCHEMAS

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


def _spots(found, path=()):
    """Give every key of a message by the path to it."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield (*path, key)
            yield from _spots(value, (*path, key))
    elif isinstance(found, list) and found:
        # One of a list stands for all: they are alike.
        yield from _spots(found[0], (*path, 0))


def _changed(message, path, change):
    fresh = copy.deepcopy(message)
    spot = fresh
    for step in path[:-1]:
        spot = spot[step]
    change(spot, path[-1])
    return fresh


def _drop(spot, key):
    del spot[key]


def _misspell(spot, key):
    spot[f"{key}x"] = spot.pop(key)


def _retype(spot, key):
    spot[key] = 7 if isinstance(spot[key], str | dict | list | bool) else "seven"


# What is done to each key of each message, and the least part that must be noticed.
WRONG = {_drop: 0.90, _misspell: 0.99, _retype: 0.97}


def noticed(messages, wrong):
    """Do one wrong to each key in turn; give how many there were, and were noticed."""
    found = [
        not strict(action).is_valid(_changed(message, path, wrong))
        for action, message in messages
        for path in _spots(message)
    ]
    return len(found), sum(found)
