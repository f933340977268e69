import pytest

from bot.corpus import Catalog, parse
from bot.papers import Problem, Record, TitleOrigin

A = "We study the first thing in language models. " * 8
B = "The second thing is what this abstract describes. " * 8
C = "A third method improves results on all benchmarks. " * 8


def brief(text: str) -> list[tuple[int, str, str] | Problem]:
    """Return each record as line, title and how its abstract begins; each problem as it is."""
    return [
        (r.source.line, r.title, r.abstract[:12]) if isinstance(r, Record) else r
        for r in parse("f.txt", text, Catalog())
    ]


def test_titles_and_abstracts_alternate_with_or_without_blank_lines() -> None:
    """A page without furniture is read as well, whatever blank lines stand between."""
    expected = [(2, "Title One", "We study the"), (4, "Title Two", "The second t")]
    assert brief(f"Title One\n{A}\nTitle Two\n{B}\n") == expected
    assert brief(f"Title One\n\n{A}\n\n\nTitle Two\n \t\n{B}") == [
        (3, "Title One", "We study the"),
        (8, "Title Two", "The second t"),
    ]


def test_furniture_anywhere_is_no_paper_and_no_problem() -> None:
    """Dates, buttons and notices between the papers are passed over."""
    community = "byAK and the research community"
    text = f"new\nTitle One\nMar 13\n{A}\nSubscribe\n\n{community}\nTitle Two\n{B}\nSep 2, 2024\n"
    assert brief(text) == [(4, "Title One", "We study the"), (9, "Title Two", "The second t")]


def test_a_glued_button_is_no_part_of_the_title() -> None:
    """The label "Subscribe" before a capital goes; a title that begins with the word keeps it."""
    text = f"Get trending papers in your email inbox!\nSubscribeEvaluation of X\n{A}\nSubscribers of Y\n{B}\n"
    assert brief(text) == [(3, "Evaluation of X", "We study the"), (5, "Subscribers of Y", "The second t")]


def test_two_titles_in_a_row_cost_the_first_only() -> None:
    """A title without an abstract is reported at its line, and the next paper keeps its own."""
    assert brief(f"Title One\nTitle Two\n{B}\nTitle Three\n{C}\n") == [
        Problem("f.txt", 1, "title without an abstract"),
        (3, "Title Two", "The second t"),
        (5, "Title Three", "A third meth"),
    ]


def test_a_title_at_the_end_is_reported() -> None:
    """The last title of a page needs an abstract too."""
    assert brief(f"Title One\n{A}\nTitle Two\n") == [
        (2, "Title One", "We study the"),
        Problem("f.txt", 3, "title without an abstract"),
    ]


def test_an_abstract_without_a_title_is_a_paper_all_the_same() -> None:
    """It is named by its first sentence, and the titles after it stay with their abstracts."""
    assert brief(f"Title One\n{A}\n{B}\nTitle Three\n{C}\n") == [
        (2, "Title One", "We study the"),
        (3, "The second thing is what this abstract describes", "The second t"),
        (5, "Title Three", "A third meth"),
    ]


def test_a_text_too_short_for_an_abstract_is_reported() -> None:
    """A short sentence under a title is no abstract; the title goes with it."""
    assert brief(f"Title One\nToo short.\nTitle Two\n{B}\n") == [
        Problem("f.txt", 2, "too short for an abstract: 10 characters"),
        (4, "Title Two", "The second t"),
    ]


def test_a_title_may_end_in_a_full_stop() -> None:
    """A sentence right above an abstract is its title."""
    title = "Towards very large models that learn everything there is to know."
    assert brief(f"{title}\n{A}\nTitle Two\n{B}\nTitle Three.\n{C}\n") == [
        (2, title, "We study the"),
        (4, "Title Two", "The second t"),
        (6, "Title Three.", "A third meth"),
    ]


def test_a_short_title_may_end_in_a_full_stop_too() -> None:
    """What stands right above an abstract is its title, not a text too short for the title above."""
    assert brief(f"Title One\nTitle Two.\n{B}\n") == [
        Problem("f.txt", 1, "title without an abstract"),
        (3, "Title Two.", "The second t"),
    ]


def test_a_trending_page_has_titles_even_if_most_are_lost() -> None:
    """Where the page says what it is, one title is enough to be believed."""
    assert brief(f"Get trending papers in your email inbox!\n{A}\n{B}\nTitle Three\n{C}\n") == [
        (2, "We study the first thing in language models", "We study the"),
        (3, "The second thing is what this abstract describes", "The second t"),
        (5, "Title Three", "A third meth"),
    ]


def test_an_abstract_may_end_in_a_link() -> None:
    """Two sentences are an abstract, also when the last has no full stop."""
    short = "We present a method that is new. Its code is at https://x.org/y"
    assert brief(f"Title One\n{short}\nTitle Two\n{B}\n") == [
        (2, "Title One", "We present a"),
        (4, "Title Two", "The second t"),
    ]


def test_a_short_abstract_is_one() -> None:
    """One sentence of usual length is enough."""
    short = "We present a new method for all that there was no method for."
    assert brief(f"Title One\n{short}\nTitle Two\n{B}\n") == [
        (2, "Title One", "We present a"),
        (4, "Title Two", "The second t"),
    ]


def test_a_line_of_a_plain_list_that_is_no_abstract_is_reported() -> None:
    """Among abstracts without titles a short line is no title."""
    assert brief(f"{A}\nnot an abstract\n{B}\n{C}\n") == [
        (1, "We study the first thing in language models", "We study the"),
        Problem("f.txt", 2, "too short for an abstract: 15 characters"),
        (3, "The second thing is what this abstract describes", "The second t"),
        (4, "A third method improves results on all benchmarks", "A third meth"),
    ]


def test_a_long_line_that_is_no_sentence_is_no_abstract() -> None:
    """In a plain list a line without a full stop is refused for that, not for its length."""
    line = "a list of words that goes on for quite some time but never ends as a sentence"
    assert brief(f"{A}\n{line}\n{B}\n{C}\n")[1] == Problem(
        "f.txt", 2, "not an abstract: no full stop ends a sentence in it"
    )


def test_lines_that_are_not_utf8_are_reported_and_the_rest_is_kept() -> None:
    """A broken abstract takes its title with it; a broken title leaves its abstract."""
    assert brief(f"Title One\n\udcff{A}\nTitle\udce9 Two\n{B}\nTitle Three\n{C}\n") == [
        Problem("f.txt", 2, "not valid UTF-8"),
        Problem("f.txt", 3, "not valid UTF-8"),
        (4, "The second thing is what this abstract describes", "The second t"),
        (6, "Title Three", "A third meth"),
    ]


def test_a_line_too_long_for_an_abstract_is_reported() -> None:
    """More than 20,000 characters are no abstract; 20,000 are."""
    longest = "word " * 3_999 + "end. "
    assert len(longest) == 20_000
    assert brief(f"Title One\n{longest}\nTitle Two\n{longest}.\nTitle Three\n{C}\n") == [
        (2, "Title One", "word word wo"),
        Problem("f.txt", 4, "too long for an abstract: 20,001 characters, at most 20,000"),
        (6, "Title Three", "A third meth"),
    ]


def test_noise_between_papers_is_reported_and_moves_nothing() -> None:
    """Lines without words are refused; long ones that are no prose too."""
    noise = "0123456789abcdef" * 40
    assert brief(f"Title One\n-----\n{A}\n\x00\x1a\nTitle Two\n{B}\nTitle Three\n{noise}\n") == [
        Problem("f.txt", 2, "no words"),
        (3, "Title One", "We study the"),
        Problem("f.txt", 4, "no words"),
        (6, "Title Two", "The second t"),
        Problem("f.txt", 8, "not prose"),
    ]


def test_control_characters_are_not_shown_and_split_no_line() -> None:
    """Form feeds and Unicode's separators stay within their line."""
    line = f"\x00We\x0c study\u2028 \x85this. {A}"
    record = next(parse("f.txt", f"Title\x00 One\n{line}\n", Catalog()))
    assert isinstance(record, Record)
    assert (record.title, record.abstract[:17]) == ("Title One", "We study this. We")


def test_scripts_without_spaces_are_prose() -> None:
    """A Chinese abstract is read like any other."""
    chinese = "本文研究大型语言模型中的后门攻击问题。" * 5
    record = next(parse("f", f"{chinese}\n", Catalog()))
    assert isinstance(record, Record)
    assert (record.title, record.title_origin) == (chinese[:18], TitleOrigin.SENTENCE)


def test_short_abstracts_in_a_row_are_no_titles() -> None:
    """A plain list of abstracts of one sentence each has no titles in it."""
    short = "We present method number {} for all that there was no method for."
    assert brief("\n".join(short.format(n) for n in range(4))) == [
        (n + 1, f"We present method number {n} for all that there was no method for", "We present m")
        for n in range(4)
    ]


UNKNOWN = "the layout is not known: neither titles with abstracts nor abstracts, one a line"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("\ufeff", "the file is empty"),
        ("\r\n \r\n\t\n", "the file is empty"),
        ("new\n\nSubscribe\n\nMar 13\n", "the page holds no paper"),
        ("one\ntwo\nthree\n", UNKNOWN),
        (('{"title": "T", "abstract": "' + A + '"}\n') * 2, UNKNOWN),
        ("@article{x,\n  title = {T},\n  year = {2020},\n  abstract = {" + A + "}\n}\n", UNKNOWN),
        ("\x89PNG\udcff\udcfe\x00\x01" * 99 + "\n\x00\x02\nIEND", UNKNOWN),
        ("x" * 30_000, "its one line is too long for an abstract: 30,000 characters, at most 20,000"),
    ],
)
def test_a_file_without_papers_is_one_problem(text: str, reason: str) -> None:
    """What no format recognises is reported once, for the whole file."""
    assert list(parse("f.txt", text, Catalog())) == [Problem("f.txt", 0, reason)]


def test_a_title_of_300_characters_is_one() -> None:
    """A longer one cannot be told from an abstract without a title, and loses nothing by it."""
    title = "word " * 59 + "title"
    assert brief(f"{title}\n{A}\nTitle Two\n{B}\n") == [
        (2, title, "We study the"),
        (4, "Title Two", "The second t"),
    ]
    assert [each[0] for each in brief(f"{title}s\n{A}\nTitle Two\n{B}\n") if isinstance(each, tuple)] == [
        1,
        2,
        4,
    ]


@pytest.mark.parametrize("length", [30_000, 2_000_000])
def test_a_line_without_end_costs_itself_only(length: int) -> None:
    """Whether it stands where a title does or an abstract, the papers around it are read."""
    reason = f"too long for an abstract: {length:,} characters, at most 20,000"
    assert brief(f"{'word ' * (length // 5)}\n{A}\nTitle Two\n{B}\nTitle Three\n{C}\nTitle Four\n{A}\n") == [
        Problem("f.txt", 1, reason),
        (2, "We study the first thing in language models", "We study the"),
        (4, "Title Two", "The second t"),
        (6, "Title Three", "A third meth"),
        (8, "Title Four", "We study the"),
    ]
