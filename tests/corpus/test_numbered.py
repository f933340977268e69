from io import BufferedReader, BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import numbered
from bot.corpus.pieces import LONGEST_CHUNK, Numbered


def lines(data: bytes) -> list[Numbered]:
    """Return the lines of a file of these bytes."""
    return list(numbered.Lines(BufferedReader(BytesIO(data))))


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"", [""]),
        (b"a", ["a"]),
        (b"a\n\nb\n", ["a", "", "b", ""]),
        (b"\xef\xbb\xbfa\r\nb\r\n", ["a", "b", ""]),
        (b"a\rb\r\rc", ["a", "b", "", "c"]),
        (b"\xef\xbb\xbfa\r", ["a", ""]),
        (b"a\rb\nc", ["a\rb", "c"]),
        ("a\u2028\x0cb\x85\nü".encode(), ["a\u2028\x0cb\x85", "ü"]),
        (b"a\xff\nb\xc3", ["a\udcff", "b\udcc3"]),
    ],
)
def test_lines_end_where_an_editor_ends_them(data: bytes, texts: list[str]) -> None:
    """At line feeds, or at carriage returns where there are none; bytes that are not UTF-8 are kept apart."""
    assert lines(data) == list(enumerate(texts, 1))


@pytest.mark.parametrize("extra", [-2, -1, 0, 1, LONGEST_CHUNK])
@pytest.mark.parametrize("end", ["", "\n", "\nnext\n"])
def test_a_line_without_end_comes_in_chunks(extra: int, end: str) -> None:
    """All bear its number, and a letter that an edge cuts in two stays whole."""
    text = "a" * (LONGEST_CHUNK + extra) + "\N{SLIGHTLY SMILING FACE}"
    found = lines(f"a\n{text}{end}".encode())
    chunks = [chunk for number, chunk in found if number == 2]
    assert "".join(chunks) == text
    assert max(map(len, chunks)) <= LONGEST_CHUNK
    rest = end.removeprefix("\n").split("\n") if end else []
    assert [line for line in found if line[0] != 2] == [(1, "a"), *enumerate(rest, 3)]


@given(st.binary().filter(lambda data: b"\r" not in data and not data.startswith(b"\xef\xbb\xbf")))
def test_joined_they_are_the_file(data: bytes) -> None:
    """Nothing is lost or added."""
    text = "\n".join(text for _, text in lines(data))
    assert text.encode(errors="surrogateescape") == data
