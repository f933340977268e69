from bot.corpus import Catalog, pages
from bot.corpus.pieces import LONGEST_CHUNK, Numbered
from bot.papers import Problem, Record
from tests.reading import read, read_piece

TEXT = "An abstract is a text of some length that says what a paper does. " * 6


def test_a_line_without_end_costs_itself() -> None:
    """It has its number, and so have those below it."""
    endless = "An endless line, of words. " * (LONGEST_CHUNK // 10)
    first, problem, last = read("f", f"One\n{TEXT}\nTwo\n{endless}\nThree\n{TEXT}\n", Catalog())
    assert [each.source.line for each in (first, last) if not isinstance(each, Problem)] == [2, 6]
    assert problem == Problem("f", 4, "too long for an abstract: 1,048,576 characters, at most 20,000")


def test_a_page_is_taken_up_to_32_mib() -> None:
    """More is not, and no line after those that make it too much is asked for."""

    def lines(size: int) -> list[Numbered]:
        return [(1, TEXT), (2, " " * (size - len(TEXT) - 1))]

    most = pages.MOST_MIB << 20
    (record,) = map(read_piece, pages.pieces("f", lines(most), Catalog()))
    assert isinstance(record, Record)
    endless = iter([(number, " " * LONGEST_CHUNK) for number in range(1, 100)])
    too_large = Problem("f", 0, "the file is larger than 32 MiB; split it")
    assert list(pages.pieces("f", lines(most + 1), Catalog())) == [too_large]
    assert list(pages.pieces("f", endless, Catalog())) == [too_large]
    assert next(endless)[0] == 33
