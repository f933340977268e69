"""Ten thousand random queries, each answered twice: by the app, and by looking at every paper.

The second answer is written from the definitions alone, in plain Python. It shares with the app what cuts
text into words and what reads a query, both of which have tests of their own.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from bot.answers import Answer
from bot.errors import UserError
from bot.library import Library
from bot.papers import Description, Record, Source, TitleOrigin
from bot.playground.checks import content_of
from bot.search import acronyms
from bot.search.analyze import Analyzer, Forms, fold, name_forms, words
from bot.search.query import Author, Clause, Phrase, Query, Title, Years, parse_query
from bot.slack import render
from bot.store import Store, loads, papers
from bot.wording import venue

CORPORA = 130
QUERIES = 80  # a corpus: 10,400 in all
PAGE = 5
NEAR = 1e-9
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ANALYZER = Analyzer()

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


@dataclass(frozen=True)
class Own:
    """A paper as the second answer sees it: its texts as rows of words, its terms, and its fields."""

    title: Sequence[Forms]
    abstract: Sequence[Forms]
    terms: Counter[str]
    authors: Sequence[Sequence[Forms]]
    labels: Sequence[str]
    year: int | None
    dated: str


def forms_of(text: str) -> list[Forms]:
    """Return what the words of a text stand for."""
    return [word.forms for word in ANALYZER.words(text)]


def own(number: int, description: Description) -> Own:
    """Look at a paper."""
    title, abstract = ANALYZER.terms(description.title), ANALYZER.terms(description.abstract)
    libraries = ["arXiv"] if description.arxiv_id else []
    if description.acl_id:
        libraries.append(f"ACL Anthology {venue(description.acl_id)}")
    return Own(
        forms_of(description.title),
        forms_of(description.abstract),
        Counter(title * 3 + abstract),
        [[word.forms for word in words(name, name_forms)] for name in description.authors],
        [f"{number % 3}.txt", *libraries],
        description.year,
        description.arxiv_id,
    )


def stands_in_a_row(row: Sequence[Forms], text: Sequence[Forms]) -> bool:
    """Tell whether words stand in a row in a text, each in one of its ways; any may be entered amid it.

    A place is (word, way, term), or (word, -1, 0) between two words.
    """
    places = {(number, -1, 0) for number in range(len(text))}
    places |= {
        (number, way, term)
        for number, forms in enumerate(text)
        for way, terms in enumerate(forms.ways)
        for term in range(1, len(terms))
    }
    for forms in row:
        places = {after for way in forms.ways for after in after_all(way, places, text)}
    return bool(places) and bool(row)


def after_all(
    way: Iterable[str], places: Iterable[tuple[int, int, int]], text: Sequence[Forms]
) -> set[tuple[int, int, int]]:
    """Return the places behind the terms of a way that begins at one of some places."""
    reached = set(places)
    for term in way:
        following = set()
        for number, way_number, place in reached:
            if number == len(text):
                continue
            ways = text[number].ways
            for each in range(len(ways)) if way_number < 0 else [way_number]:
                if ways[each][place] == term:
                    done = place + 1 == len(ways[each])
                    following.add((number + 1, -1, 0) if done else (number, each, place + 1))
        reached = following
    return reached


class Looker:
    """Answers queries by looking at every paper."""

    def __init__(self, descriptions: Sequence[Description]) -> None:
        self.papers = [own(number, each) for number, each in enumerate(descriptions, 1)]
        texts = [text for each in descriptions for text in (each.title, each.abstract)]
        self.long_forms = {short: forms_of(long) for short, long in acronyms.mine(texts).items()}
        self.plain = {text[found.start : found.end] for text in texts for found in words(text, spelled)}
        self.average = sum(each.terms.total() for each in self.papers) / len(self.papers)

    def idf(self, holders: int) -> float:
        """Weigh what so many papers have."""
        return math.log(1 + (len(self.papers) - holders + 0.5) / (holders + 0.5))

    def score(self, paper: Own, terms: Iterable[str]) -> float:
        """Return BM25's score, with k1 1.5 and b .75."""
        found = 0.0
        for term in terms:
            if frequency := paper.terms[term]:
                idf = self.idf(sum(term in each.terms for each in self.papers))
                length = paper.terms.total() / self.average
                found += idf * frequency * 2.5 / (frequency + 1.5 * (0.25 + 0.75 * length))
        return found

    def long_form(self, word: str) -> list[Forms]:
        """Return what an acronym stands for, unless it is an ordinary word too, without its capitals."""
        lower = word.lower()
        short = lower if lower in self.long_forms else lower.removesuffix("s")
        if short in self.plain and sum(map(str.isupper, word)) < 2:
            return []
        return self.long_forms.get(short, [])

    def spelled_out(self, paper: Own, word: str) -> bool:
        """Tell whether a paper has the long form of an acronym."""
        long_form = self.long_form(word)
        return any(stands_in_a_row(long_form, text) for text in (paper.title, paper.abstract))

    def has(self, paper: Own, word: str, forms: Forms) -> bool:
        """Tell whether a paper has a word, its parts wherever they stand, or what it spells out."""
        return self.spelled_out(paper, word) or any(set(way) <= set(paper.terms) for way in forms.ways)

    def meets(self, paper: Own, clause: Clause) -> bool:
        """Tell whether a paper does what a clause demands."""
        match clause.condition:
            case Phrase(row):
                asked = [word.forms for word in row]
                met = any(stands_in_a_row(asked, text) for text in (paper.title, paper.abstract))
            case Title(row):
                met = stands_in_a_row([word.forms for word in row], paper.title)
            case Author(row):
                met = any(all(stands_in_a_row([w.forms], name) for w in row) for name in paper.authors)
            case Years(first, last):
                met = paper.year is not None and first <= paper.year <= last
            case source:
                part = fold(source.part).casefold()
                met = any(part in fold(label).casefold() for label in paper.labels)
        return met is not clause.excluded

    def answer(self, query: Query) -> dict[str, object]:
        """Return what there is to find: papers in order with scores and missing words, and the totals."""
        asked = {word.forms: word.text for word in reversed(query.words)}
        distinct = [(asked[forms], forms) for forms in dict.fromkeys(word.forms for word in query.words)]
        found: list[tuple[float, int, tuple[str, ...]]] = []
        for number, paper in enumerate(self.papers):
            score = self.score(paper, query.terms)
            out = [text for text, _ in distinct if self.spelled_out(paper, text)]
            if query.words and not any(self.found_by(paper, text, forms) for text, forms in distinct):
                continue
            if not all(self.meets(paper, clause) for clause in query.clauses):
                continue
            score += self.score(paper, query.phrase_terms)
            for text in out:
                long_terms = [term for forms in self.long_form(text) for term in forms.terms]
                score += 0.3 * self.score(paper, long_terms)
            found.append((score, number, self.missing(paper, distinct)))
        weights = {
            text: self.idf(sum(self.has(each, text, forms) for each in self.papers))
            for text, forms in distinct
        }
        whole = sum(weights.values())
        shares = [sum(weights[text] for text in weights if text not in lacking) for _, _, lacking in found]
        return {
            "found": self.ordered(query, found),
            "entitled": self.entitled(query),
            "complete": sum(not lacking for _, _, lacking in found),
            "unknown": self.unknown(query),
            "coverage": max(shares, default=0.0) / whole if whole else 1.0,
        }

    def found_by(self, paper: Own, text: str, forms: Forms) -> bool:
        """Tell whether a paper has a word, or a part of a run of characters without blanks."""
        unspaced = len(forms.ways) == 1 < len(forms.terms)
        return self.has(paper, text, forms) or (unspaced and self.score(paper, forms.terms) > 0)

    def missing(self, paper: Own, distinct: Iterable[tuple[str, Forms]]) -> tuple[str, ...]:
        """Return the words that a paper has not."""
        return tuple(text for text, forms in distinct if not self.has(paper, text, forms))

    def entitled(self, query: Query) -> set[int]:
        """Return the papers whose whole title was typed, without a phrase."""
        asked = [] if query.phrase_terms else [word.forms for word in query.words]
        return {
            number
            for number, paper in enumerate(self.papers)
            if len(paper.title) == len(asked) and stands_in_a_row(asked, paper.title)
        }

    def ordered(
        self, query: Query, found: list[tuple[float, int, tuple[str, ...]]]
    ) -> list[tuple[float, int, tuple[str, ...]]]:
        """Sort by score, then by number; without words the newest first."""
        if query.words or query.phrase_terms:
            entitled = self.entitled(query)
            return sorted(found, key=lambda each: (each[1] not in entitled, -each[0], each[1]))
        dates = [(each.year or 0, each.dated, number) for number, each in enumerate(self.papers)]
        return [
            (0.0, number, lacking)
            for _, number, lacking in sorted(found, key=lambda e: dates[e[1]], reverse=True)
        ]

    def unknown(self, query: Query) -> tuple[str, ...]:
        """Return the words and authors that are asked for and that no paper has."""
        told: dict[tuple[Forms, bool], str | None] = {}
        for word in query.words:
            held = any(self.has(paper, word.text, word.forms) for paper in self.papers)
            told.setdefault((word.forms, False), None if held else word.text)
        for clause in query.clauses:
            if clause.excluded or not isinstance(clause.condition, Phrase | Title | Author):
                continue
            for word in clause.condition.words:
                if isinstance(clause.condition, Author):
                    names = [name for paper in self.papers for name in paper.authors]
                    held = any(stands_in_a_row([word.forms], name) for name in names)
                    told.setdefault((word.forms, True), None if held else f"author:{word.text}")
                else:
                    held = any(self.has(paper, word.text, word.forms) for paper in self.papers)
                    told.setdefault((word.forms, False), None if held else word.text)
        return tuple(text for text in told.values() if text is not None)


def spelled(word: str) -> Forms:
    """Count every word, stop words too."""
    return Forms((word,), ((word,),))


def described(number: int, paper: tuple[str, str, list[str], int | None, str]) -> Description:
    """Return a random paper as a store takes it."""
    title, abstract, authors, year, place = paper
    return Description(
        title=title,
        title_origin=TitleOrigin.PAGE,
        abstract=abstract,
        authors=tuple(authors),
        year=year,
        arxiv_id=f"23{number:02}.{number * 7919 % 100_000:05}" if place == "arxiv" else "",
        acl_id=f"2024.naacl-long.{number}" if place == "acl" else "",
    )


def borrowed(descriptions: Sequence[Description], query: Borrowed) -> str:
    """Return a query that asks for words of a paper in a row."""
    number, start, length, before = query
    paper = descriptions[number % len(descriptions)]
    text = (paper.title if before == "title:" else paper.abstract).replace('"', " ")
    spans = [(word.start, word.end) for word in ANALYZER.words(text)]
    row = spans[start % len(spans) :][:length] if spans else [(0, 0)]
    return f'{before}"{text[row[0][0] : row[-1][1]]}"'


def library_of(path: Path, descriptions: Sequence[Description]) -> Library:
    """Put papers into a SQLite file, and open it."""
    store = Store(path)
    with store.writing() as db:
        papers.add(
            db,
            (
                (f"p{number}", each, [f"id:p{number}"], [place(number)])
                for number, each in enumerate(descriptions, 1)
            ),
            NOW,
        )
        loads.add(db, NOW, len(descriptions), len(descriptions), ())
    library = Library(store)
    library.open()
    return library


def place(number: int) -> Record:
    """Return where a paper stands."""
    source = Source(f"{number % 3}.txt", number)
    return Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=source, raw="")


def taken_by_slack(message: render.Message) -> None:
    """See that a message passes the strict checks."""
    text, blocks = content_of({"text": message.text, "blocks": list(message.blocks)})
    assert text == message.text
    assert blocks == list(message.blocks)


def same(answer: Answer, looked: dict[str, object], skip: int) -> None:
    """See that the answer is what looking at every paper gives."""
    found = looked["found"]
    entitled = looked["entitled"]
    assert isinstance(found, list)
    assert isinstance(entitled, set)
    hits = [(each.score, each.paper.number - 1, each.missing) for each in answer.found]
    whole = {number: (score, lacking) for score, number, lacking in found}
    assert answer.total == len(found)
    assert len(hits) == len(found[skip : skip + PAGE])
    for (score, number, lacking), expected in zip(hits, found[skip:], strict=False):
        assert score == pytest.approx(whole[number][0], abs=NEAR)
        assert score == pytest.approx(expected[0], abs=NEAR)  # so it stands where it belongs
        assert lacking == whole[number][1]
    places = {number: place for place, (_, number, _) in enumerate(found)}
    for (score, number, _), (next_score, next_number, _) in pairwise(hits):
        if score < next_score:  # only a paper whose whole title was typed comes before its betters
            assert number in entitled
            assert places[number] < places[next_number]
            continue
        assert score > next_score or (score == next_score and (number < next_number or not score))
    if not any(score for score, _, _ in found):
        assert [number for _, number, _ in hits] == [number for _, number, _ in found[skip : skip + PAGE]]
    assert (answer.complete, answer.unknown) == (looked["complete"], looked["unknown"])
    coverage = looked["coverage"]
    assert isinstance(coverage, float)
    if abs(coverage - 0.5) > NEAR:
        assert answer.weak is (bool(found) and len(answer.query.words) <= 4 and coverage < 0.5)


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
    descriptions = [described(number, paper) for number, paper in zip(count(1), corpus, strict=False)]
    library = library_of(tmp_path_factory.mktemp("random") / "paperboy.db", descriptions)
    looker = Looker(descriptions)
    for query, skip in queries:
        text = query if isinstance(query, str) else borrowed(descriptions, query)
        try:
            ask(library, looker, text, skip)
        except BaseException:
            note(f"The query was {text!r}, from {skip} on.")
            raise
