"""The OpenAPI document turned into what the page to read it shows. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

Json = Mapping[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")


class Field(Struct, frozen=True):
    """A parameter or a property: `schema` names the schema it links to."""

    name: str
    place: str
    kind: str
    schema: str | None
    required: bool
    about: str


class Operation(Struct, frozen=True):
    method: str
    path: str
    anchor: str
    summary: str
    fields: tuple[Field, ...]
    takes: str | None
    gives: str | None
    status: str


class Section(Struct, frozen=True):
    name: str
    about: str
    operations: tuple[Operation, ...]


class SchemaTable(Struct, frozen=True):
    name: str
    fields: tuple[Field, ...]


class Document(Struct, frozen=True):
    title: str
    about: str
    sections: tuple[Section, ...]
    schemas: tuple[SchemaTable, ...]


def read(spec: Json) -> Document:
    """Put a document in the order in which people read it."""
    operations = list(_operations(spec))
    return Document(
        title=spec["info"]["title"],
        about=spec["info"]["description"],
        sections=tuple(
            Section(
                name=tag["name"].removeprefix("api_"),
                about=tag.get("description", ""),
                operations=tuple(o for name, o in operations if name == tag["name"]),
            )
            for tag in spec["tags"]
        ),
        schemas=tuple(
            SchemaTable(name, tuple(_properties(schema)))
            for name, schema in sorted(spec["components"]["schemas"].items())
        ),
    )


def _operations(spec: Json) -> Iterator[tuple[str, Operation]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                yield (
                    item[method]["tags"][0],
                    _operation(method, path, item[method], shared),
                )


def _operation(method: str, path: str, told: Json, shared: list[Json]) -> Operation:
    status = min(code for code in told["responses"] if code.startswith("2"))
    return Operation(
        method=method.upper(),
        path=path,
        anchor=f"{method}-{path}".replace("/", "-").replace("{", "").replace("}", ""),
        summary=told.get("summary", ""),
        fields=tuple(
            _field(each["name"], each["in"], each["schema"], each)
            for each in [*shared, *told.get("parameters", [])]
        ),
        takes=_content(told.get("requestBody", {})),
        gives=_content(told["responses"][status]),
        status=status,
    )


def _content(told: Json) -> str | None:
    for content in told.get("content", {}).values():
        return _target(content["schema"])
    return None


def _properties(schema: Json) -> Iterator[Field]:
    needed = schema.get("required", [])
    for name, told in schema.get("properties", {}).items():
        yield _field(name, "body", told, {"required": name in needed, **told})


def _field(name: str, place: str, schema: Json, told: Json) -> Field:
    return Field(
        name=name,
        place=place,
        kind=_kind(schema),
        schema=_target(schema),
        required=told.get("required") is True,
        about=told.get("description", "") or schema.get("description", ""),
    )


def _target(schema: Json) -> str | None:
    """Name the schema that is meant, itself or as the items of a list."""
    for inner in (schema, schema.get("items", {}), *schema.get("allOf", ())):
        if "$ref" in inner:
            return str(inner["$ref"]).rpartition("/")[2]
    return None


def _kind(schema: Json) -> str:
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kind = schema.get("format") or schema.get("type") or "object"
    if kind == "array":
        return f"list of {_kind(schema['items'])}"
    bounds = _bounds(schema)
    nothing = " or null" if schema.get("nullable") else ""
    return f"{kind}{bounds}{nothing}"


def _bounds(schema: Json) -> str:
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    if least is None and most is None:
        return ""
    if least is None:
        return f", at most {most}"
    return f", {least} to {most}" if most is not None else f", at least {least}"
