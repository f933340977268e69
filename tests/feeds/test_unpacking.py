import gzip
import zlib

import pytest

from bot.feeds.unpacking import Gunzip

TEXT = b"tea " * 1_000


@pytest.mark.parametrize("length", [1, 7, 10_000])
@pytest.mark.parametrize("between", [b"", b"\0" * 30])
def test_members_one_behind_the_other_are_one_body(length: int, between: bytes) -> None:
    """However they are cut when they come, and what they are filled up with."""
    packed = gzip.compress(TEXT) + between + gzip.compress(b"and more") + between
    gunzip = Gunzip()
    cut = (packed[at : at + length] for at in range(0, len(packed), length))
    assert b"".join(gunzip.take(each, 1 << 20) for each in cut) == TEXT + b"and more"
    assert gunzip.is_whole


def test_no_more_is_unpacked_than_is_asked_for() -> None:
    """Of a hundred megabytes that came in a hundred kilobytes."""
    assert Gunzip().take(gzip.compress(b"\0" * 10_000_000), 1_000) == b"\0" * 1_000


def test_a_body_that_is_cut_off_is_not_whole() -> None:
    """Its checksum is missing."""
    gunzip = Gunzip()
    assert gunzip.take(gzip.compress(TEXT)[:-1], 1 << 20) == TEXT
    assert not gunzip.is_whole


@pytest.mark.parametrize("packed", [TEXT, gzip.compress(TEXT)[:-1] + b"\xff", gzip.compress(TEXT) + b"more"])
def test_damage_is_seen(packed: bytes) -> None:
    """No gzip, another length than it says, and what stands behind it."""
    with pytest.raises(zlib.error):
        Gunzip().take(packed, 1 << 20)
