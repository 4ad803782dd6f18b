"""Pictures small enough to be made by hand."""

from io import BytesIO
from random import Random
from zlib import compress, crc32


def chunk(name, body):
    told = name + body
    return len(body).to_bytes(4) + told + crc32(told).to_bytes(4)


def png(wide=1, high=1, *more, body=b""):
    head = wide.to_bytes(4) + high.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    rows = (b"\0" + b"\x0b\x65\x5a" * wide) * min(high, 64)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            chunk(b"IHDR", head),
            *more,
            chunk(b"IDAT", body or compress(rows)),
            chunk(b"IEND", b""),
        )
    )


def heavy(size):
    """Make a picture that nothing makes smaller, of so many bytes."""
    wide, high = 96, (size - 100) // (3 * 96 + 2)
    noise = Random(96).randbytes(3 * wide * high)
    rows = [noise[at : at + 3 * wide] for at in range(0, len(noise), 3 * wide)]
    drawn = compress(b"".join(b"\0" + each for each in rows))
    short = size - len(png(wide, high, body=drawn))
    # What follows the drawn rows is read by nobody, and still weighs.
    return png(wide, high, body=drawn + bytes(short))


DOT = png()


class Sent(BytesIO):
    """A file that can be sent by one after the other."""

    def close(self):
        self.seek(0)
