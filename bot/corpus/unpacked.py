"""A file's bytes, unpacked where they are gzip's; what is no text is refused by name.

Law: it never holds more than it is allowed to, however much is packed.
"""

import gzip
import zlib
from typing import BinaryIO, NamedTuple

_GZIP = b"\x1f\x8b"
_OTHERS = {  # what files begin with → what they are
    b"PK\x03\x04": "a zip archive; unpack it",
    b"BZh": "packed by bzip2; unpack it, or pack it by gzip",
    b"\xfd7zXZ\x00": "packed by xz; unpack it, or pack it by gzip",
    b"\x28\xb5\x2f\xfd": "packed by zstd; unpack it, or pack it by gzip",
    b"%PDF-": "a PDF, which is not read",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}
_AT_ONCE = 1 << 20


class Unpacked(NamedTuple):
    """The bytes that could be read, and why these are not all or none, or nothing."""

    data: bytes
    fault: str = ""


def unpacked(file: BinaryIO, most: int) -> Unpacked:
    """Return what a file holds, unpacked, up to a byte more than `most`; OSError where it cannot be read."""
    begins = file.read(8)
    file.seek(0)
    if not begins.startswith(_GZIP):
        data = file.read(most + 1)  # not its size: that may change, or be a lie
        return _refused(data) or Unpacked(data)
    taken, fault = bytearray(), ""
    try:
        with gzip.open(file) as inside:
            while len(taken) <= most and (more := inside.read1(min(_AT_ONCE, most + 1 - len(taken)))):
                taken += more
    except (EOFError, gzip.BadGzipFile, zlib.error):
        fault = "damaged or cut off by gzip's account; what stands before that is read"
    return _refused(taken) or Unpacked(bytes(taken), fault)


def _refused(data: bytes | bytearray) -> Unpacked | None:
    return next((Unpacked(b"", what) for begins, what in _OTHERS.items() if data.startswith(begins)), None)
