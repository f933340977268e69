"""A file's bytes → numbered lines of text, one by one. What is not UTF-8 becomes lone surrogates."""

import codecs
from collections.abc import Generator, Iterator
from io import BufferedReader, RawIOBase
from typing import Any

from bot.corpus.pieces import LONGEST_CHUNK, Numbered

_DAMAGE = "surrogateescape"


class Lines:
    """The lines of a file, to go through once, without a byte-order mark; `last` is the number of the latest.

    Only a line feed ends a line, or a carriage return where the file begins without line feeds.
    """

    def __init__(self, data: "BufferedReader[Any]") -> None:
        self._data = data
        self.last = 0

    def __iter__(self) -> Iterator[Numbered]:
        """Yield the lines as `Numbered` says."""
        data = self._data
        if data.peek().startswith(codecs.BOM_UTF8):
            data.read(len(codecs.BOM_UTF8))
        begins = data.peek()
        if b"\r" in begins and b"\n" not in begins:
            data = BufferedReader(_OfOldMacs(data))
        ended = True
        while line := data.readline(LONGEST_CHUNK):
            self.last += 1
            if len(line) < LONGEST_CHUNK:
                yield self.last, line.decode(errors=_DAMAGE).rstrip("\r\n")
                ended = line.endswith(b"\n")
            else:
                ended = yield from _chunks(self.last, line, data)
        if ended:
            self.last += 1
            yield self.last, ""  # as an editor shows it


def _chunks(number: int, chunk: bytes, data: "BufferedReader[RawIOBase]") -> Generator[Numbered, None, bool]:
    """Yield a line that is longer than a chunk; return whether a line feed ends it."""
    decoder = codecs.getincrementaldecoder("utf-8")(_DAMAGE)  # a chunk's edge may cut a letter in two
    while len(chunk) == LONGEST_CHUNK and not chunk.endswith(b"\n"):
        yield number, decoder.decode(chunk)
        chunk = data.readline(LONGEST_CHUNK)
    yield number, decoder.decode(chunk, final=True).rstrip("\r\n")
    return chunk.endswith(b"\n")


class _OfOldMacs(RawIOBase):
    """Text in which line feeds stand for carriage returns."""

    def __init__(self, data: "BufferedReader[RawIOBase]") -> None:
        self._data = data

    def readable(self) -> bool:
        """As BufferedReader asks."""
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]  # what a BufferedReader gives
        """Fill the room."""
        block = self._data.read(len(room)).replace(b"\r", b"\n")
        room[: len(block)] = block
        return len(block)
