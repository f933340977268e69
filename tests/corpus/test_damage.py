"""Files of every format, damaged: nothing raises, nothing is invented, and what is left is read."""

import gzip
import tracemalloc
from pathlib import Path
from random import Random

import pytest

from bot.corpus import Catalog, File, pieces_of
from bot.papers import Problem, Record
from tests.corpus.test_examples import EXAMPLES
from tests.reading import read_piece

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
FILES = {name: text.encode() for name, text in EXAMPLES.items()} | {"seed": SEEDS[3].read_bytes()}
VARIANTS = 1_000
MOST = 24 << 20  # bytes of memory


def cut(data: bytes, dice: Random) -> bytes:
    """End it somewhere."""
    return data[: dice.randrange(len(data))]


def flip(data: bytes, dice: Random) -> bytes:
    """Change some bytes."""
    damaged = bytearray(data)
    for _ in range(dice.randint(1, 20)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def recode(data: bytes, dice: Random) -> bytes:
    """Let the end be of another encoding."""
    place = dice.randrange(len(data))
    more = data[place:].decode(errors="replace") + "é 大"
    return data[:place] + more.encode(dice.choice(["latin-1", "utf-16", "cp1252", "gbk"]), "replace")


def lose(data: bytes, dice: Random) -> bytes:
    """Leave something out, as a field or half of one."""
    first, last = sorted(dice.sample(range(len(data)), 2))
    return data[:first] + data[last:]


def swell(data: bytes, dice: Random) -> bytes:
    """Make something very long."""
    place = dice.randrange(len(data))
    more = dice.choice([b"tea ", b"x", b"{", b"\x00", b'"', b"\n", b"<a>", b"\xff"])
    return data[:place] + more * dice.choice([1_000, 30_000]) + data[place:]


def read(path: Path) -> list[Record | Problem]:
    """Read a file as the app does."""
    return [read_piece(each) for each in pieces_of(File(path, path.name), Catalog())]


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_as_far_as_it_goes(tmp_path: Path, name: str) -> None:
    """A thousand times, in little memory; a loss is told with a line that the file has."""
    dice, path = Random(name), tmp_path / "a"
    path.write_bytes(FILES[name])
    assert read(path)
    for number in range(VARIANTS):
        damage = (cut, flip, recode, lose, swell)[number % 5]
        data = damage(FILES[name], dice)
        path.write_bytes(data)
        found = read(path)
        lines = data.count(b"\n") + data.count(b"\r") + 1
        for each in found:
            line = each.line if isinstance(each, Problem) else each.source.line
            assert 0 <= line <= lines, (number, each)
            if isinstance(each, Record):
                assert each.title, (number, each)
                f"{each}".encode()  # it can be stored and shown
        assert found, number


@pytest.mark.parametrize("name", FILES)
def test_damage_takes_no_memory(tmp_path: Path, name: str) -> None:
    """What is read of each variant is far less than what a whole file might be."""
    dice, path = Random(name), tmp_path / "a"
    tracemalloc.start()
    for number in range(20):
        path.write_bytes((cut, flip, recode, lose, swell)[number % 5](FILES[name], dice))
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_archive_is_told(tmp_path: Path, name: str) -> None:
    """Nothing else comes of it than of a file that is cut off."""
    packed, dice, path = gzip.compress(FILES[name]), Random(name), tmp_path / "a"
    path.write_bytes(FILES[name])
    whole = read(path)
    for number in range(100):
        path.write_bytes(cut(packed, dice))
        *found, last = read(path)
        assert isinstance(last, Problem)
        assert "damaged or cut off" in last.reason or len(path.read_bytes()) < 2, number
        assert len(found) <= len(whole) + 2
