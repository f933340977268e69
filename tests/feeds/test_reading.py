from collections.abc import Iterator

import pytest

from bot.corpus import Piece
from bot.feeds.charsets import as_utf8
from bot.feeds.faults import FeedError
from bot.feeds.reading import entries_of
from bot.papers import Problem, Record, Source, TitleOrigin
from tests.feeds.server import atom, entry

NAME = "https://feeds.example/feed.xml"


def read(found: Iterator[Piece | Problem]) -> list[Record | Problem]:
    """Read what a feed holds."""
    return [each if isinstance(each, Problem) else each.read() for each in found]


def titles(found: Iterator[Piece | Problem]) -> list[str]:
    """Return the titles of a feed, and the reasons of what cannot be read."""
    return [each.title if isinstance(each, Record) else each.reason for each in read(found)]


def test_entries_become_records() -> None:
    """With the feed's name for their file."""
    assert read(entries_of(NAME, atom([entry(1)]))) == [
        Record(
            title="Paper 1",
            title_origin=TitleOrigin.PAGE,
            abstract="Number 1 is made.",
            first_author="Ann B",
            authors=("Ann B",),
            year=2025,
            arxiv_id="2501.00001",
            url="http://arxiv.org/abs/2501.00001v1",
            source=Source(NAME, 3),
        )
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body>Not found</body></html>",
        b"<html><feed></feed></html>",
        b"{}",
        b'{"title": "A", "abstract": "B"}',
        b"@article{a, title={A}, abstract={B}}",
        b"title,abstract\nA,B\n",
        b"A title\n\nAn abstract.\n",
        b"\x1f\x8b\x08",
        b"\xff\xfe<\0f\0e\0e\0d\0>\0",
    ],
)
def test_what_is_no_feed_is_a_fault(body: bytes) -> None:
    """At once, also where the corpus would find papers in it."""
    with pytest.raises(FeedError) as error:
        entries_of(NAME, body)
    assert error.value.reason == "What is sent there is no Atom or RSS feed."


@pytest.mark.parametrize("body", [atom([]), b"<rss version='2.0'><channel><title>A</title></channel></rss>"])
def test_a_feed_without_entries_has_none(body: bytes) -> None:
    """That is no problem: arXiv's are empty on Sundays."""
    assert list(entries_of(NAME, body)) == []


def test_what_cannot_be_read_is_a_problem_beside_the_others() -> None:
    """A fault in the XML, an entry that is cut off."""
    body = atom([entry(1), "<entry><title>A & B</title></entry>", entry(2)]).replace(b"</feed>", b"<entry>")
    assert titles(entries_of(NAME, body)) == [
        "Paper 1",
        "a fault in the XML: not well-formed (invalid token)",
        "Paper 2",
        "the entry is cut off: its end is missing",
    ]


def test_entities_stay_off() -> None:
    """A feed that declares some is not read, so that neither files nor a billion laughs come of them."""
    body = b'<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + atom([entry(1)]).split(b"\n", 1)[1]
    assert list(entries_of(NAME, body)) == [Problem(NAME, 1, "declares entities, which are not read")]


def test_a_lie_about_the_encoding_costs_the_entries_that_it_is_in() -> None:
    """The others are read."""
    sent = atom([entry(1), entry(2).replace("Paper", "Café"), entry(3)])
    for said, written in (("UTF-8", "latin-1"), ("shift_jis", "latin-1")):
        lied = sent.decode().replace("UTF-8", said).encode(written)
        assert titles(entries_of(NAME, as_utf8(lied, ""))) == ["Paper 1", "not valid UTF-8", "Paper 3"]
