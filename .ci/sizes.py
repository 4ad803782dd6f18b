"""Refuse what has grown too long to be read: files, functions, partial templates."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE, FUNCTION, PARTIAL = 400, 50, 40
_PACKAGES = ("app", "beckn", "bench", "drills", "network")
_TEMPLATES = ("templates", "network/templates")


def main() -> int:
    """Print what is too long; the number of findings decides the status."""
    found = [*_code(), *_partials()]
    print("\n".join(found) or "sizes: all within bounds")
    return 1 if found else 0


def _code() -> Iterator[str]:
    sources = [ROOT / "wsgi.py"]
    for folder in (*_PACKAGES, "tests", "migrations", ".ci"):
        sources += sorted((ROOT / folder).rglob("*.py"))
    for path in sources:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if (lines := text.count("\n")) > FILE:
            yield f"{name}: {lines} lines, {FILE} at most"
        # A first migration is one long list of tables, and is never changed again.
        if "migrations" not in name.parts:
            yield from _functions(name, ast.parse(text))


def _functions(name: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                where = f"{name}:{node.lineno}"
                yield f"{where}: {node.name} has {lines} lines, {FUNCTION} at most"


def _partials() -> Iterator[str]:
    every = (each for at in _TEMPLATES for each in (ROOT / at).rglob("_*.html"))
    for path in sorted(every):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > PARTIAL:
            yield f"{path.relative_to(ROOT)}: {lines} lines, {PARTIAL} at most"


if __name__ == "__main__":
    sys.exit(main())
