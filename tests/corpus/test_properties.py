import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.corpus import Catalog, mend, parse, read_catalog
from bot.corpus.furniture import is_furniture, without_button
from bot.corpus.mend import _INVISIBLE as INVISIBLE
from bot.corpus.tex import read_tex
from bot.papers import Problem, Record

ANY_CHARACTER = st.characters()  # lone surrogates and controls too
TEX = st.text(alphabet='\\{}~$`\'" /:.ab1%^_"\u0308\u1fef', max_size=40)
LINES = st.one_of(
    st.text(ANY_CHARACTER.filter(lambda c: c not in "\r\n"), max_size=80),
    st.sampled_from(
        [
            "",
            "Subscribe",
            "Mar 13",
            "Get trending papers in your email inbox!",
            "SubscribeA Title",
            "A Title",
            "A title that is a sentence of more than sixty characters, all told.",
            "An abstract of some length. " * 20,
            "0" * 400,
            "\udcff broken",
            "Not UTF-8 \udcff in an abstract. " * 20,
            "-----",
        ]
    ),
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@given(TEXTS)
def test_every_line_is_accounted_for(text: str) -> None:
    """A line that is not blank is a paper's, its title, furniture or reported, and each paper once."""
    results = list(parse("f", text, Catalog()))
    records = {r.source.line: r for r in results if isinstance(r, Record)}
    refused = {r.line: r.reason for r in results if isinstance(r, Problem)}
    assert len(records | refused) == len(results)
    lines = {
        number: line.removeprefix("\ufeff") if number == 1 else line
        for number, line in enumerate(text.split("\n"), 1)
    }
    content = [n for n, line in lines.items() if line and not line.isspace() and not is_furniture(line)]
    for number in content if 0 not in refused else ():
        if number in records or number in refused:
            continue
        below = next(n for n in content if n > number and refused.get(n) != "no words")
        if below in records:
            assert records[below].title == mend(without_button(lines[number]))
        else:
            assert below in refused  # a title goes with its abstract


@given(TEXTS)
def test_what_is_shown_is_clean(text: str) -> None:
    """Titles and abstracts are never empty, are in NFC, and can be stored as UTF-8."""
    for record in parse("f", text, Catalog()):
        if isinstance(record, Record):
            for shown in (record.title, record.abstract):
                assert shown.encode()
                assert shown == unicodedata.normalize("NFC", " ".join(shown.split()))
                assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)


@given(st.one_of(st.text(ANY_CHARACTER), TEX))
def test_mending_twice_is_mending_once(text: str) -> None:
    """Mending is idempotent, and leaves nothing that is visible empty."""
    mended = mend(text)
    assert mend(mended) == mended
    assert mended or not any(c.isalnum() for c in text)


@given(st.one_of(st.text(ANY_CHARACTER), TEX, st.text(" a\t\n~:/", max_size=20)))
def test_mending_fast_is_mending_slowly(text: str) -> None:
    """Whether there is anything to mend is told without doing it, and nothing is overlooked."""
    slow = clean(text)
    while (plainer := clean(read_tex(slow))) not in ("", slow):
        slow = plainer
    assert mend(text) == slow


def clean(text: str) -> str:
    """Clean a text step by step, whatever it is."""
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", text)).split())


@given(TEX.filter(lambda text: any(c.isalnum() for c in text)))
def test_no_backslash_is_left(text: str) -> None:
    """Where there is anything else to show, no backslash is shown."""
    assert "\\" not in mend("word " + text)


@given(st.text(ANY_CHARACTER), st.text(st.sampled_from('",;\n\r\0a1'), max_size=60))
def test_any_text_may_be_a_catalog(text: str, rows: str) -> None:
    """Reading a catalog never raises, and each problem names a line of it."""
    header = "sha256,title,year\n"
    for candidate in (text, header + text, header + rows):
        _, problems = read_catalog("c", candidate)
        assert all(0 <= problem.line <= len(candidate) + 1 for problem in problems)
