"""
What goes out: things turned into what our JSON can hold, as their schema says.

A schema looks each attribute up by its name, through four calls, whenever it dumps.
Here its fields are made into plain functions once, which a page of a hundred
appointments is told by in a fifth of the time. Times, ids and choices are left as they
are to `app.doors.encoding`. The schema stays the one description, and fields of kinds
that are not known here are left to it.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from marshmallow import Schema, fields, missing

# What was told already in one answer, by the identity of the thing: who told it, and
# the thing itself, since another could have the same identity once it is gone.
Memo = dict[int, tuple["Teller", Any, Any]]
Value = Callable[[Any, Memo], Any]


class Teller:
    """The dump of a schema, worked out beforehand."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._known: list[tuple[str, Value]] = []
        self._worked_out: list[tuple[str, Callable[[Any], Any]]] = []
        self._own: list[tuple[str, str, fields.Field[Any]]] = []
        read: list[tuple[str, str]] = []
        for name, each in schema.dump_fields.items():
            key, path = each.data_key or name, each.attribute or name
            if _as_is(each):
                read.append((key, path))
            elif type(each) is fields.Function and each.serialize_func is not None:
                self._worked_out.append((key, each.serialize_func))
            elif (value := _value(each)) is not None:
                read.append((key, path))
                self._known.append((key, value))
            else:
                self._own.append((key, name, each))
        self._keys = [key for key, _ in read]
        self._paths = [path for _, path in read]
        self._attributes = _together(self._paths)

    def __call__(self, thing: Any) -> Any:
        """Turn a thing, or things by their names, into what our JSON can hold."""
        return self.tell(thing, {})

    def tell(self, thing: Any, memo: Memo) -> Any:
        """Turn it once, in however many places of an answer it stands."""
        if thing is None:
            return None
        before = memo.get(id(thing))
        if before is not None and before[0] is self:
            return before[2]
        told = dict(zip(self._keys, self._found(thing), strict=True))
        for key, value in self._known:
            found = told[key]
            if found is not None:
                told[key] = value(found, memo)
        for key, work_out in self._worked_out:
            told[key] = work_out(thing)
        for key, name, each in self._own:
            own = each.serialize(name, thing, accessor=self._schema.get_attribute)
            if own is not missing:
                told[key] = own
        memo[id(thing)] = self, thing, told
        return told

    def _found(self, thing: Any) -> Sequence[Any]:
        """Look up all attributes of a thing at once; of a dict, one after another."""
        if not isinstance(thing, dict):
            try:
                return self._attributes(thing)
            except AttributeError:
                # A path may lead through a dict.
                pass
        return [_through(thing, path) for path in self._paths]


@cache
def of(schema: Schema | type[Schema]) -> Teller:
    """Give the teller of a schema: of a kind the one, in however many answers it is."""
    return Teller(one_of(schema))


@cache
def one_of(schema: Schema | type[Schema]) -> Schema:
    """
    Give the one schema of a kind; one that was made is its own.

    Each copies all its fields: some hundred views would keep megabytes of them.
    """
    return schema() if isinstance(schema, type) else schema


def _nested(field: fields.Nested) -> Teller:
    kind = field.nested
    whole = not field.only and not field.exclude
    if whole and isinstance(kind, type) and issubclass(kind, Schema):
        return of(kind)
    return Teller(field.schema)


def _together(paths: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    """Give how several attributes are read in one call."""
    if len(paths) > 1:
        return attrgetter(*paths)
    one = [attrgetter(path) for path in paths]
    return lambda thing: [get(thing) for get in one]


def _through(thing: Any, path: str) -> Any:
    for name in path.split("."):
        thing = thing[name] if isinstance(thing, dict) else getattr(thing, name)
    return thing


def _value(field: fields.Field[Any]) -> Value | None:
    """Give how a field's value is told; None leaves it to the field."""
    kind = type(field)
    if isinstance(field, fields.Nested):
        plain = kind is fields.Nested and not field.many
        return _nested(field).tell if plain else None
    if isinstance(field, fields.List):
        if _as_is(field.inner):
            return _copied
        inner = _value(field.inner)
        return None if inner is None else _each(inner)
    return None


def _each(inner: Value) -> Value:
    return lambda values, memo: [
        None if each is None else inner(each, memo) for each in values
    ]


def _copied(values: Any, memo: Memo) -> Any:
    del memo
    return list(values)


def _as_is(field: fields.Field[Any]) -> bool:
    """Say whether the encoder of answers writes such a value as the field would."""
    if type(field) is fields.Enum:
        return bool(field.by_value)
    return type(field) in _AS_IS


# These kinds and none that are made of them: those may tell it in a way of their own.
_AS_IS = frozenset(
    {
        fields.String,
        fields.Integer,
        fields.Boolean,
        fields.UUID,
        fields.AwareDateTime,
        fields.Date,
    }
)
