"""Catalogs of gettext, read from the files that translators edit: none is compiled."""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from msgspec import Struct

FILE = Path("LC_MESSAGES", "messages.po")


class Catalog(Struct, frozen=True):
    """
    What one language says: `keys` by context, each with whether a number bends it.

    `tag` is its locale, such as en_IN.
    """

    tag: str
    said: Translations
    keys: Mapping[str, Mapping[str, bool]]


@cache
def read(folder: Path) -> Mapping[str, Catalog]:
    """
    Read the catalogs of a folder by their languages, once in a process.

    What is not translated, or is marked fuzzy, is not there: it has no key.

    :raises PoFileError: if one cannot be read
    """
    return {
        path.name: _catalog(path / FILE)
        for path in sorted(folder.iterdir())
        if path.is_dir()
    }


def _catalog(file: Path) -> Catalog:
    with file.open("rb") as lines:
        written = read_po(lines, abort_invalid=True)
    keys: dict[str, dict[str, bool]] = {}
    for each in written:
        if each.id and each.string and not each.fuzzy:
            # One that a number bends is named by its key twice.
            key = each.id if isinstance(each.id, str) else each.id[0]
            keys.setdefault(each.context or "", {})[key] = each.pluralizable
    packed = BytesIO()
    write_mo(packed, written)
    packed.seek(0)
    return Catalog(str(written.locale), Translations(packed), keys)
