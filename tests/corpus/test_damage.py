"""Files of every format, damaged: nothing raises, nothing is invented, and what is left is read."""

import gzip
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from bot.corpus import Catalog
from bot.corpus.formats import read
from bot.corpus.unpacked import unpacked
from bot.papers import Problem, Record
from tests.corpus.test_examples import EXAMPLES

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
FILES = {name: text.encode() for name, text in EXAMPLES.items()} | {"seed": SEEDS[3].read_bytes()}
VARIANTS = 1_000
MOST = 1 << 20  # bytes


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


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_as_far_as_it_goes(name: str) -> None:
    """A thousand times; a loss is told with a line that the file has."""
    dice = Random(name)
    whole = list(read(name, FILES[name].decode(), Catalog()))
    assert whole
    for number in range(VARIANTS):
        damage = (cut, flip, recode, lose, swell)[number % 5]
        data = damage(FILES[name], dice)
        text = data.decode("utf-8", "surrogateescape")
        found = list(read(name, text, Catalog()))
        lines = text.count("\n") + text.count("\r") + 1
        for each in found:
            line = each.line if isinstance(each, Problem) else each.source.line
            assert 0 <= line <= lines, (number, each)
            if isinstance(each, Record):
                assert each.title, (number, each)
                f"{each}".encode()  # it can be stored and shown
        assert found, number


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_archive_is_told(name: str) -> None:
    """Nothing else comes of it than of a file that is cut off."""
    packed, dice = gzip.compress(FILES[name]), Random(name)
    for _ in range(100):
        found = unpacked(BytesIO(cut(packed, dice)), MOST)
        assert FILES[name].startswith(found.data) or not found.fault
