"""Pictures of facilities: PNG and JPEG, without what cameras and programs add."""

from collections.abc import Iterator
from zlib import crc32

from app.core.errors import InputError

# A first page of booking is to be 60 KB with all it needs, for phones on slow lines:
# this leaves two fifths of that to the page, its sheets and a long list of doctors.
MOST_BYTES = 36_864
MOST_PIXELS = 1200

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
# What draws the picture; text, times and places of making are left out.
_DRAWN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _COMMENT = 0xDA, 0xFE
# Of what programs add, only how its colours are meant draws anything.
_ASIDES = frozenset(range(0xE1, 0xF0)) - {0xEE} | {_COMMENT}


def checked(picture: bytes) -> bytes:
    """
    Give a picture as it is kept and shown.

    :raises InputError: if it is neither PNG nor JPEG, or has too many bytes or pixels
    """
    if len(picture) > MOST_BYTES:
        size = -(-len(picture) // 1024)
        raise InputError(
            field="logo", reason="heavy", size=size, most=MOST_BYTES // 1024
        )
    read = {_PNG: _png, _JPEG: _jpeg}.get(_start(picture))
    if read is None:
        raise InputError(field="logo", reason="picture")
    try:
        kept, wide, high = read(picture)
    except (ValueError, IndexError) as exc:
        raise InputError(field="logo", reason="picture") from exc
    if not (0 < wide <= MOST_PIXELS and 0 < high <= MOST_PIXELS):
        raise InputError(field="logo", reason="sides", most=MOST_PIXELS)
    return kept


def kind(picture: bytes) -> str:
    """Name what a kept picture is, as HTTP does."""
    return "image/png" if _start(picture) == _PNG else "image/jpeg"


def _start(picture: bytes) -> bytes:
    return _PNG if picture.startswith(_PNG) else picture[:2]


def _png(picture: bytes) -> tuple[bytes, int, int]:
    chunks = list(_chunks(picture))
    names = [name for name, _ in chunks]
    if names[0] != b"IHDR" or b"IDAT" not in names:
        raise ValueError
    head = chunks[0][1]
    drawn = (whole for name, whole in chunks if name in _DRAWN)
    wide, high = int.from_bytes(head[8:12]), int.from_bytes(head[12:16])
    return _PNG + b"".join(drawn), wide, high


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each part by name up to the last; what comes after that is no picture."""
    at, name = len(_PNG), b""
    while name != b"IEND":
        end = at + 12 + int.from_bytes(picture[at : at + 4])
        whole, name = picture[at:end], picture[at + 4 : at + 8]
        if end > len(picture) or crc32(whole[4:-4]) != int.from_bytes(whole[-4:]):
            raise ValueError
        yield name, whole
        at = end


def _jpeg(picture: bytes) -> tuple[bytes, int, int]:
    kept, at, mark = [_JPEG], 2, 0
    wide = high = 0
    while mark != _SCAN:
        end = at + 2 + int.from_bytes(picture[at + 2 : at + 4])
        mark, whole = picture[at + 1], picture[at:end]
        if picture[at] != 0xFF or not at + 4 <= end <= len(picture):
            raise ValueError
        if mark in _FRAMES:
            high, wide = int.from_bytes(whole[5:7]), int.from_bytes(whole[7:9])
        if mark not in _ASIDES:
            kept.append(whole)
        at = end
    # What follows the end of the picture is cut off.
    end = picture.index(b"\xff\xd9", at) + 2
    return b"".join(kept) + picture[at:end], wide, high
