"""Files packed by gzip are read like others; what is no text is named."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import read_corpus
from bot.corpus.unpacked import Unpacked, unpacked
from bot.papers import Problem

DICE = np.random.default_rng(1)
TEXT = "".join(
    f"{' '.join(''.join(word) for word in DICE.choice([*'aeioulnrst'], (14, 6)))}; here it ends, of tea.\n"
    for _ in range(400)
).encode()
PACKED = gzip.compress(TEXT)
LOST = "damaged or cut off by gzip's account; what stands before that is read"


def read(data: bytes, most: int = 1 << 20) -> Unpacked:
    """Read bytes as if they were a file's."""
    return unpacked(io.BytesIO(data), most)


def test_what_is_packed_is_read() -> None:
    """As what is not, also in several parts, as gzip allows."""
    assert read(TEXT) == read(PACKED) == Unpacked(TEXT)
    assert read(gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])) == Unpacked(TEXT)
    assert read(gzip.compress(b"")) == read(b"") == Unpacked(b"")


@pytest.mark.parametrize("most", [1, 100, len(TEXT) - 1, len(TEXT), len(TEXT) + 1])
def test_a_byte_more_than_is_allowed_is_read(most: int) -> None:
    """Which tells that it is too much; of a bomb no more is unpacked."""
    assert read(TEXT, most) == read(PACKED, most) == Unpacked(TEXT[: most + 1])


def test_a_bomb_takes_no_more_memory_than_is_allowed() -> None:
    """A gigabyte of nothing in a megabyte."""
    bomb = gzip.compress(bytes(1 << 20)) * 1024
    assert len(read(bomb, 4 << 20).data) == (4 << 20) + 1


@given(st.integers(10, len(PACKED) - 1))
def test_of_what_is_cut_off_the_beginning_is_read(place: int) -> None:
    """All but what gzip had not let out yet."""
    found = read(PACKED[:place])
    assert found.fault == LOST
    assert TEXT.startswith(found.data)
    assert len(found.data) > place - (1 << 14)


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_what_is_altered_is_told(place: int, change: int) -> None:
    """Unless it is gzip's own words that nobody reads, or its first, without which it is none."""
    found = read(PACKED[:place] + bytes([PACKED[place] ^ change]) + PACKED[place + 1 :])
    assert found.fault == LOST or place < 10


def test_the_loss_has_a_line(tmp_path: Path) -> None:
    """What stands before it is read."""
    (tmp_path / "a.txt.gz").write_bytes(PACKED[:-2000])
    corpus = read_corpus([tmp_path])
    last = corpus.problems[0].line
    assert corpus.problems[0] == Problem("a.txt.gz", last, f"the file is {LOST}")
    assert [record.source.line for record in corpus.records[: last - 1]] == [*range(1, last)]
    assert 100 < last < 400


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", TEXT)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (_zip(), "a zip archive; unpack it"),
        (gzip.compress(_zip()), "a zip archive; unpack it"),
        (b"%PDF-1.7\n" + TEXT, "a PDF, which is not read"),
        (TEXT.decode().encode("utf-16"), "UTF-16; save it as UTF-8"),
        (b"BZh91AY&SY", "packed by bzip2; unpack it, or pack it by gzip"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, what: str) -> None:
    """Whoever keeps the corpus learns what to do."""
    assert read(data) == Unpacked(b"", what)
