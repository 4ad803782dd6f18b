"""Ways to spoil a message: each key of it is dropped, misspelt or of another type."""

import copy


def spots(found, path=()):
    """Give every key of a message by the path to it."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield (*path, key)
            yield from spots(value, (*path, key))
    elif isinstance(found, list) and found:
        # One of a list stands for all: they are alike.
        yield from spots(found[0], (*path, 0))


def changed(message, path, change):
    fresh = copy.deepcopy(message)
    spot = fresh
    for step in path[:-1]:
        spot = spot[step]
    change(spot, path[-1])
    return fresh


def drop(spot, key):
    del spot[key]


def misspell(spot, key):
    spot[f"{key}x"] = spot.pop(key)


def retype(spot, key):
    spot[key] = 7 if isinstance(spot[key], str | dict | list | bool) else "seven"
