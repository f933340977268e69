"""Files packed by gzip are read like others; what is no text is named."""

import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Catalog, File, Piece, pieces_of
from bot.corpus.unpacked import Unpacked
from bot.papers import Problem
from tests.reading import read_corpus

DICE = np.random.default_rng(1)
TEXT = "".join(
    f"{' '.join(''.join(word) for word in DICE.choice([*'aeioulnrst'], (14, 6)))}; here it ends, of tea.\n"
    for _ in range(400)
).encode()
PACKED = gzip.compress(TEXT)
LOST = "damaged or cut off by gzip's account; what stands before that is read"


def read(data: bytes) -> tuple[bytes, object]:
    """Read bytes as if they were a file's: what they hold, and what is wrong with them."""
    unpacked = Unpacked(io.BufferedReader(io.BytesIO(data)))
    return io.BufferedReader(unpacked).read(), unpacked.fault


def test_what_is_packed_is_read() -> None:
    """As what is not, also in several parts, as gzip allows."""
    assert read(TEXT) == read(PACKED) == (TEXT, "")
    assert read(gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])) == (TEXT, "")
    assert read(gzip.compress(b"")) == read(b"") == (b"", "")


def test_a_bomb_ends(tmp_path: Path) -> None:
    """Of a gigabyte of nothing in a megabyte a quarter is unpacked, and little of that is in memory."""
    bomb = gzip.compress(b'{"title": "A"}\n') + gzip.compress(bytes(1 << 20)) * 1024
    (tmp_path / "a").write_bytes(bomb)
    told: list[int] = []
    tracemalloc.start()
    found = list(pieces_of(File(tmp_path / "a", "a"), Catalog(), told.append))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [each.line for each in found if isinstance(each, Piece)] == [1]
    assert found[-1] == Problem(
        "a",
        2,
        "the file is packed more than a hundredfold, as no papers are; what stands before that is read",
    )
    assert len(bomb) / 5 < told[-1] < len(bomb) / 3
    assert peak < 16 << 20


def test_a_file_that_packs_well_is_no_bomb() -> None:
    """However well it does, while little comes out."""
    assert read(gzip.compress(bytes(64 << 20))) == (bytes(64 << 20), "")


@given(st.integers(10, len(PACKED) - 1))
def test_of_what_is_cut_off_the_beginning_is_read(place: int) -> None:
    """All but what gzip had not let out yet."""
    found, fault = read(PACKED[:place])
    assert fault == LOST
    assert TEXT.startswith(found)
    assert len(found) > place - (1 << 14)


@given(st.integers(0, len(PACKED) - 1), st.integers(1, 255))
def test_what_is_altered_is_told(place: int, change: int) -> None:
    """Unless it is gzip's own words that nobody reads, or its first, without which it is none."""
    _, fault = read(PACKED[:place] + bytes([PACKED[place] ^ change]) + PACKED[place + 1 :])
    assert fault == LOST or place < 10


def test_the_loss_has_a_line(tmp_path: Path) -> None:
    """What stands before it is read."""
    (tmp_path / "a.txt.gz").write_bytes(PACKED[:-2000])
    corpus = read_corpus([tmp_path])
    last = corpus.problems[-1].line
    assert corpus.problems[-1] == Problem("a.txt.gz", last, f"the file is {LOST}")
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
        (gzip.compress(PACKED), "packed by gzip twice; unpack it once"),
        (b"%PDF-1.7\n" + TEXT, "a PDF, which is not read"),
        (TEXT.decode().encode("utf-16"), "UTF-16; save it as UTF-8"),
        (b"BZh91AY&SY", "packed by bzip2; unpack it, or pack it by gzip"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, data: bytes, what: str) -> None:
    """Whoever keeps the corpus learns what to do, and nothing else."""
    assert read(data) == (b"", what)
    (tmp_path / "a").write_bytes(data)
    assert read_corpus([tmp_path]).problems == (Problem("a", 0, f"the file is {what}"),)
