"""Ten thousand random queries, each answered twice: by the app, and by looking at every paper.

The second answer is in looker.py.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from bot.errors import UserError
from bot.library import Library
from bot.papers import Paper, Record, Source, TitleOrigin
from bot.playground.checks import content_of
from bot.search.query import parse_query
from bot.slack import render
from bot.store import Store
from tests import stock
from tests.looker import ANALYZER, PAGE, Looker, same

CORPORA = 130
QUERIES = 80  # a corpus: 10,400 in all
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

Borrowed = tuple[int, int, int, str]

WORDS = [
    "backdoor",
    "Backdoors",
    "attack",
    "model",
    "models",
    "fine-tuning",
    "finetuning",
    "fine",
    "tuning",
    "the",
    "of",
    "PolyLM",
    "poly",
    "LM",
    "MobileBERT-Tiny",
    "mobile",
    "safe",
    "MoE",
    "LLMs",
    "experts",
    "mixture of experts (MoE)",
    "large language models (LLMs)",
    "selective attention for engines (SAFE)",
    "safely",
    "大模型",
    "模型训练",
    "语言",
    "ゲーム",
    "한국어",
    "نموذج",
    "Über",
    "café",
    "x²",
    "GPT-3's",
    "2023",
    "*bold*",
    "<b>",
    "&",
    "`code`",
    "🙂",
    "https://x.org/backdoor",
    "e.g.",
    "ends.",
    "<!channel>",
    "<@U1>",
    "\u202e",
    "\0",
    "word " * 40,
    "x" * 300,
]
NAMES = ["Jiashu Xu", "Xu Jian-Yun", "Søren O'Neil", "Evan Hubinger", "李明", "Li", "*An* <Wu>", ""]
ASKED = [
    "backdoor",
    "backdor",
    "BACKDOORS",
    "atack",
    "attack",
    "models",
    "modle",
    "fine-tuning",
    "finetuned",
    "fine tuning",
    "polylm",
    "PolyLM",
    "lm",
    "mobile tiny",
    "MobileBERT",
    "safe",
    "SAFE",
    "moe",
    "MoE",
    "MoEs",
    "LLM",
    "llms",
    "experts",
    "mixture",
    "language models",
    "大模型",
    "模型",
    "训练",
    "ゲーム",
    "국어",
    "نموذج",
    "uber",
    "cafe",
    "x2",
    "gpt3",
    "2023",
    "the",
    "of",
    "zzz",
    "qqqqqq",
    "xu",
    "hubinger",
    "hubbinger",
    "foo:bar",
    "http://x.org",
    "🙂",
    "\0",
    "\ud800",
    "\x1b[0m",
    "\u202e",
    "<!channel>",
    "<@U1>",
    "<https://x.org|x>",
    "*a*",
    "`b`",
    "~c~",
    "&amp;",
    "…",
]
OPERATORS = [
    '"',
    '"',
    "“",
    "”",
    "«",
    "-",
    "-",
    "–",
    "title:",
    "TITLE: ",
    "author:",
    "Author: ",
    "source:",
    "year:2023",
    "year:2021..2023",
    "year:2022…",
    "-year:2024",
    "year:20x3",
    "year:2024..2022",
    "source:arxiv",
    "source:naacl",
    "author:xu",
    "author:",
    ":",
]

WORD = st.sampled_from(WORDS[:24]) | st.sampled_from(WORDS)
TEXT = st.lists(WORD, min_size=2, max_size=14).map(" ".join)
PAPER = st.tuples(
    st.lists(WORD, max_size=4).map(" ".join),
    TEXT,
    st.lists(st.sampled_from(NAMES), max_size=2),
    st.sampled_from([None, 2021, 2022, 2023, 2024]),
    st.sampled_from(["", "arxiv", "acl"]),
)
PIECE = st.tuples(st.sampled_from(ASKED) | st.sampled_from(OPERATORS), st.sampled_from(["", " ", " "]))
PLAIN = st.lists(st.sampled_from(ASKED), min_size=1, max_size=4).map(" ".join)
QUOTED = st.lists(st.sampled_from(WORDS[:32]), min_size=1, max_size=3).map(lambda some: f'"{" ".join(some)}"')
MIXED = st.lists(PIECE, min_size=1, max_size=7).map(lambda some: "".join(map("".join, some)))
CLAUSES = st.tuples(PLAIN, st.sampled_from(["", "title:", "-", "author:", "-title:"]), QUOTED).map(
    lambda parts: f"{parts[0]} {parts[1]}{parts[2]}"
)
BORROWED = st.tuples(
    st.integers(0, 8),
    st.integers(0, 20),
    st.integers(1, 3),
    st.sampled_from(["", "", "title:", "-", "model "]),
)  # words of a paper: which, from where on, how many, and what stands before them
QUERY = st.one_of(PLAIN, CLAUSES, MIXED, MIXED, BORROWED, BORROWED)


def described(number: int, paper: tuple[str, str, list[str], int | None, str]) -> Paper:
    """Return a random paper as a store has it."""
    title, abstract, authors, year, place = paper
    return Paper(
        number=number,
        shown_id=f"p{number}",
        title=title,
        title_origin=TitleOrigin.PAGE,
        abstract=abstract,
        authors=tuple(authors),
        year=year,
        arxiv_id=f"23{number:02}.{number * 7919 % 100_000:05}" if place == "arxiv" else "",
        acl_id=f"2024.naacl-long.{number}" if place == "acl" else "",
        sources=(Source(f"{number % 3}.txt", number),),
    )


def borrowed(corpus: Sequence[Paper], query: Borrowed) -> str:
    """Return a query that asks for words of a paper in a row."""
    number, start, length, before = query
    paper = corpus[number % len(corpus)]
    text = (paper.title if before == "title:" else paper.abstract).replace('"', " ")
    spans = [(word.start, word.end) for word in ANALYZER.words(text)]
    row = spans[start % len(spans) :][:length] if spans else [(0, 0)]
    return f'{before}"{text[row[0][0] : row[-1][1]]}"'


def library_of(path: Path, corpus: Sequence[Paper]) -> Library:
    """Put papers into a SQLite file, and open it."""
    store = Store(path)
    with store.writing() as db:
        stock.add(
            db, ((paper.shown_id, paper, [f"id:{paper.shown_id}"], [record(paper)]) for paper in corpus), NOW
        )
    library = Library(store)
    library.open(NOW)
    return library


def record(paper: Paper) -> Record:
    """Return where a paper stands."""
    (source,) = paper.sources
    return Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=source)


def taken_by_slack(message: render.Message) -> None:
    """See that a message passes the strict checks."""
    text, blocks = content_of({"text": message.text, "blocks": list(message.blocks)})
    assert text == message.text
    assert blocks == list(message.blocks)


def refused(message: str) -> None:
    """See that the asker is told in plain words."""
    assert message.strip()
    assert not any(word in message for word in ("Traceback", "Error", "Exception", " object at "))
    taken_by_slack(render.refusal(message))


def ask(library: Library, looker: Looker, text: str, skip: int) -> None:
    """Ask one query of both."""
    try:
        answer = library.search(text, PAGE, skip)
    except UserError as error:
        refused(error.message)
        return
    same(answer, looker.answer(parse_query(text, ANALYZER)), skip)
    if answer.suggestion:
        offered = library.search(answer.suggestion.text, 1)
        assert (offered.total, offered.complete) == (answer.suggestion.total, answer.suggestion.complete)
        assert offered.total > 0
    if not answer.total:
        taken_by_slack(render.nothing_found(answer, NOW))
    elif answer.found:
        taken_by_slack(render.page(answer))
        if not skip:
            taken_by_slack(render.results(answer, "ana"))


@settings(
    max_examples=CORPORA,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # to shrink eighty queries would take minutes, and the one at fault is noted
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(
    st.lists(PAPER, min_size=2, max_size=9),
    st.lists(st.tuples(QUERY, st.sampled_from([0, 0, 3])), min_size=QUERIES, max_size=QUERIES),
)
def test_every_query_is_answered_as_by_looking_at_every_paper(
    tmp_path_factory: pytest.TempPathFactory,
    corpus: list[tuple[str, str, list[str], int | None, str]],
    queries: list[tuple[str | Borrowed, int]],
) -> None:
    """The same papers in the same order, with the same scores and words; else a refusal in plain words.

    Whatever is answered, Slack would take it.
    """
    described_papers = [described(number, paper) for number, paper in zip(count(1), corpus, strict=False)]
    library = library_of(tmp_path_factory.mktemp("random") / "paperboy.db", described_papers)
    looker = Looker(described_papers)
    for query, skip in queries:
        text = query if isinstance(query, str) else borrowed(described_papers, query)
        try:
            ask(library, looker, text, skip)
        except BaseException:
            note(f"The query was {text!r}, from {skip} on.")
            raise
