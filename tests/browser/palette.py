"""Make pictures of pages small: a picture of 256 colours is a third of what it was."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 256
_CHANNELS = {2: 3, 6: 4}


def reduced(png: bytes) -> bytes:
    """
    Write a picture of eight bits a channel anew with a palette.

    A colour that is too rare for the palette becomes the nearest that is in it.
    """
    parts = list(_parts(png))
    width, height, _, kind = struct.unpack(">IIBB", parts[0][1][:10])
    step = _CHANNELS[kind]
    data = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    rows = [
        [row[at : at + 3] for at in range(0, len(row), step)]
        for row in _rows(data, width * step, step)
    ]
    palette, number = _palette(Counter(pixel for row in rows for pixel in row))
    lines = b"".join(b"\0" + bytes(number[pixel] for pixel in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = zlib.compress(lines, 9)
    told = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", body), (b"IEND", b""))
    return _SIGNATURE + b"".join(_part(name, what) for name, what in told)


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _part(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


def _rows(data: bytes, length: int, step: int) -> Iterator[bytes]:
    """Take back what each row was told as: its difference from what is beside it."""
    above = bytes(length)
    for at in range(0, len(data), length + 1):
        above = _row(data[at], data[at + 1 : at + 1 + length], above, step)
        yield above


def _row(way: int, told: bytes, above: bytes, step: int) -> bytes:
    if way == 0:
        return told
    if way == 1:
        row = bytearray(len(told))
        for channel in range(step):
            summed = accumulate(told[channel::step])
            row[channel::step] = bytes(each & 255 for each in summed)
        return bytes(row)
    if way == 2:
        return bytes((one + two) & 255 for one, two in zip(told, above, strict=True))
    row = bytearray(len(told))
    for at, each in enumerate(told):
        left = row[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        guess = (left + above[at]) // 2 if way == 3 else _paeth(left, above[at], corner)
        row[at] = (each + guess) & 255
    return bytes(row)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    near = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return (left, up, corner)[near.index(min(near))]


def _palette(counted: Counter[bytes]) -> tuple[bytes, dict[bytes, int]]:
    """Keep what would be missed most: the frequent, and the rare unlike all others."""
    kept = [counted.most_common(1)[0][0]]
    number = dict.fromkeys(counted, 0)
    gap = {each: _apart(each, kept[0]) for each in counted}
    while len(kept) < _MOST:
        missed = max(gap, key=lambda each: counted[each] * gap[each])
        if gap[missed] == 0:
            break
        for each in counted:
            if (apart := _apart(each, missed)) < gap[each]:
                gap[each], number[each] = apart, len(kept)
        kept.append(missed)
    return b"".join(kept), number


def _apart(one: bytes, other: bytes) -> int:
    red, green, blue = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return red * red + green * green + blue * blue
