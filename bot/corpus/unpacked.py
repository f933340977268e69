"""A file's bytes as a stream, unpacked where they are gzip's; what is no text is refused by name.

Law: it holds no more than it is asked for, however much is packed, and comes to an end.
"""

import gzip
import zlib
from collections.abc import Callable
from io import BufferedReader, RawIOBase

_GZIP = b"\x1f\x8b"
_OTHERS = {  # what files begin with → what they are
    _GZIP: "packed by gzip twice; unpack it once",
    b"PK\x03\x04": "a zip archive; unpack it",
    b"BZh": "packed by bzip2; unpack it, or pack it by gzip",
    b"\xfd7zXZ\x00": "packed by xz; unpack it, or pack it by gzip",
    b"\x28\xb5\x2f\xfd": "packed by zstd; unpack it, or pack it by gzip",
    b"%PDF-": "a PDF, which is not read",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}
_LOST = "damaged or cut off by gzip's account; what stands before that is read"
_BOMB = "packed more than a hundredfold, as no papers are; what stands before that is read"
# Papers become three to six times smaller. A file that is little unpacked does no harm.
_HARMLESS = 256 << 20
_HUNDREDFOLD = 100


class Unpacked(RawIOBase):
    """The bytes of an open file, for a BufferedReader; at their end `fault` says why they are not all.

    `fault` is what the file is, or why it could not be read, and empty where it was read to its end.
    `progress` is told how far it was read, as it lies on the disk.
    """

    def __init__(self, file: BufferedReader, progress: Callable[[int], None] = lambda _: None) -> None:
        self.fault: str | OSError = ""
        self._file = file
        self._progress = progress
        self._given = 0
        self._inside: BufferedReader | gzip.GzipFile | None = None

    def readable(self) -> bool:
        """As BufferedReader asks."""
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]  # what a BufferedReader gives
        """Fill the room, or as much of it as there is left to read."""
        taken = 0
        while taken < len(room) and (more := self._more(len(room) - taken)):
            room[taken : taken + len(more)] = more
            taken += len(more)
        if not self._given and (what := _refused(bytes(room[:taken]))):
            self.fault, taken = what, 0
        self._given += taken
        self._progress(self._file.tell())
        return taken

    def _more(self, most: int) -> bytes:
        if self.fault:
            return b""
        if self._given > max(_HARMLESS, _HUNDREDFOLD * self._file.tell()):
            self.fault = _BOMB
            return b""
        try:
            self._inside = self._inside or _opened(self._file)
            return self._inside.read1(most)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self.fault = _LOST
        except OSError as error:
            self.fault = error
        return b""


def _opened(file: BufferedReader) -> BufferedReader | gzip.GzipFile:
    is_packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if is_packed else file


def _refused(begins: bytes) -> str:
    return next((what for sign, what in _OTHERS.items() if begins.startswith(sign)), "")
