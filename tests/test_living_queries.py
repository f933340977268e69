"""The same top k as by looking at every paper, while papers come, change and go, and indexes with them."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event, Semaphore
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from bot.answers import Answer
from bot.errors import UserError
from bot.indexes import Indexes
from bot.library import Library, settle
from bot.papers import Paper, Record, Source, TitleOrigin
from bot.search.index import prepare
from bot.search.pruned import Pruned
from bot.search.query import parse_query
from bot.store import Store
from tests import stock
from tests.looker import ANALYZER, PAGE, Looker, same

prepare()  # once a process, or whoever does it first decides for all

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HISTORIES = 50

WORDS = [
    *("backdoor", "Backdoors", "attack", "model", "models", "fine-tuning", "finetuning", "fine", "tuning"),
    *(
        "the",
        "PolyLM",
        "poly",
        "MobileBERT-Tiny",
        "safe",
        "大模型",
        "模型训练",
        "Über",
        "2023",
        "model " * 90,
    ),
]  # no brackets: what a paper explains stays known until the index is built anew
ASKED = [
    *("backdoor", "atack", "attack models", "model", "fine-tuning", "finetuned", "fine tuning", "PolyLM"),
    *(
        "mobile tiny",
        "safe",
        "大模型",
        "模型",
        "uber",
        "2023",
        "zzz",
        "xu",
        '"fine tuning"',
        '"backdoor attack"',
    ),
    *("title:model", "-attack", "author:xu", "source:1.txt", "source:arxiv", "year:2022..2023", "-year:2024"),
]
TEXT = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
PAPER = st.builds(
    Paper,
    number=st.just(0),
    shown_id=st.just(""),
    title=st.lists(st.sampled_from(WORDS[:-1]), max_size=3).map(" ".join),
    title_origin=st.just(TitleOrigin.PAGE),
    abstract=TEXT,
    authors=st.lists(st.sampled_from(["Jiashu Xu", "Xu Jian-Yun", "Li"]), max_size=2).map(tuple),
    year=st.sampled_from([None, 2022, 2023, 2024]),
    arxiv_id=st.sampled_from(["", "2305.14710", "2311.09433"]),
    sources=st.sampled_from(["1.txt", "2.txt"]).map(lambda file: (Source(file, 1),)),
)
QUERY = st.lists(st.sampled_from(ASKED), min_size=1, max_size=3).map(" ".join)
WHICH = st.integers(0, 30)
STEP = st.one_of(
    st.tuples(st.just("add"), st.lists(PAPER, min_size=1, max_size=3)),
    st.tuples(st.just("revise"), WHICH, PAPER),
    st.tuples(st.just("remove"), st.lists(WHICH, min_size=1, max_size=4)),
    st.tuples(st.just("settle")),
    st.tuples(st.just("restart"), st.integers(0, 1)),
    st.tuples(st.just("ask"), st.integers(0, 1), QUERY, st.sampled_from([0, 0, 2])),
    st.tuples(st.just("ask"), st.integers(0, 1), QUERY, st.just(0)),
)


@dataclass
class Kept:
    """A store, and what should be in it."""

    store: Store
    papers: dict[int, Paper] = field(default_factory=dict)
    ever: int = 0

    def add(self, *described: Paper) -> None:
        """Add papers."""
        come = [
            _numbered(paper, number) for number, paper in zip(count(self.ever + 1), described, strict=False)
        ]
        with self.store.writing() as db:
            stock.add(db, ((each.shown_id, each, [f"id:{each.shown_id}"], _at(each)) for each in come), NOW)
        self.papers |= {paper.number: paper for paper in come}
        self.ever += len(come)

    def revise(self, which: int, described: Paper) -> None:
        """Describe one of the papers that there ever were anew."""
        paper = _numbered(described, which % self.ever + 1)
        with self.store.writing() as db:
            stock.revise(db, paper.number, paper, [], _at(paper))
        self.papers[paper.number] = paper

    def remove(self, which: Sequence[int]) -> None:
        """Let some of these papers be gone."""
        numbers = {each % self.ever + 1 for each in which}
        with self.store.writing() as db:
            stock.remove(db, numbers)
        self.papers = {number: paper for number, paper in self.papers.items() if number not in numbers}

    def library(self) -> Library:
        """Open the library, as the bot does when it starts."""
        library = Library(Store(self.store.path))
        library.open(NOW)
        library.warm()
        return library

    def settle(self) -> None:
        """Make a generation of all that has changed."""
        settle(self.store.path, NOW)


def _numbered(paper: Paper, number: int) -> Paper:
    (source,) = paper.sources
    return replace(paper, number=number, shown_id=f"p{number}", sources=(Source(source.file, number),))


def _at(paper: Paper) -> list[Record]:
    (source,) = paper.sources
    return [Record(title="", title_origin=TitleOrigin.PAGE, abstract="", source=source)]


def plain(answer: Answer) -> Answer:
    """Return an answer without what is offered instead, which may have words of papers that are gone."""
    return replace(answer, suggestion=None)


@settings(
    max_examples=HISTORIES,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # to shrink a history would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(
    st.lists(PAPER, min_size=1, max_size=6),
    st.lists(STEP, min_size=8, max_size=24),
    st.lists(QUERY, min_size=3),
    st.sampled_from(["small", "big", "compiled"]),
)
def test_whatever_happens_the_answer_is_that_of_looking_at_every_paper(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Paper],
    steps: list[tuple[object, ...]],
    last: list[str],
    kind: str,
) -> None:
    """Additions, revisions, removals, merges, new generations, restarts; of two readers one may lag behind.

    At the end both, and one that starts, and one over an index made anew, answer to the last bit alike. A
    generation may count as big, as a large one does: it is then searched by what is compiled, once that has
    been read.
    """
    kept = Kept(Store(tmp_path_factory.mktemp("living") / "paperboy.db"))
    kept.add(*first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.indexes._UNSETTLED", 0)
        if kind != "small":
            patch.setattr("bot.search.build.BIG", 1)
        if kind == "big":
            patch.setattr("bot.search.index._prepared", Event())
        readers = [kept.library(), kept.library()]
        for step in steps:
            note(f"{step}")
            take(kept, readers, step)
        readers.append(kept.library())
        anew = Kept(Store(tmp_path_factory.mktemp("anew") / "paperboy.db"))
        anew.add(*(kept.papers.get(number, first[0]) for number in range(1, kept.ever + 1)))
        if anew.ever > len(kept.papers):
            anew.remove([number - 1 for number in range(1, kept.ever + 1) if number not in kept.papers])
        if kept.papers:
            readers.append(anew.library())
        looker = Looker(kept.papers.values())
        for text in last:
            answers = [plain(answer) for reader in readers if (answer := ask(reader, looker, text, 0))]
            assert answers == answers[:1] * len(answers)


def take(kept: Kept, readers: list[Library], step: tuple[object, ...]) -> None:
    """Take a step."""
    match step:
        case ("add", list(come)):
            kept.add(*come)
        case ("revise", int(which), Paper() as paper):
            kept.revise(which, paper)
        case ("remove", list(which)):
            kept.remove(which)
        case ("settle",):
            kept.settle()
        case ("restart", int(reader)):
            readers[reader] = kept.library()
        case ("ask", int(reader), str(text), int(skip)):
            ask(readers[reader], Looker(kept.papers.values()), text, skip)


def ask(library: Library, looker: Looker, text: str, skip: int) -> Answer | None:
    """Ask a query, and compare; None where it is refused."""
    try:
        query = parse_query(text, ANALYZER)
    except UserError:
        with pytest.raises(UserError):
            library.search(text, PAGE, skip)
        return None
    library.catch_up()  # a search may leave that to a thread
    answer = library.search(text, PAGE, skip)
    assert answer.corpus_size == len(looker.papers)
    same(answer, looker.answer(query), skip)
    return answer


@pytest.mark.parametrize("big", [False, True])
def test_a_big_generation_is_searched_by_what_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, big: bool
) -> None:
    """The one that is built and the one that is settled; what has come since is not."""
    monkeypatch.setattr("bot.indexes._UNSETTLED", 0)
    if big:
        monkeypatch.setattr("bot.search.build.BIG", 1)
    searched = []

    def best(self: Pruned, *asked: Any, find: Callable[..., Any] = Pruned.best) -> Any:
        searched.append(self)
        return find(self, *asked)

    monkeypatch.setattr(Pruned, "best", best)
    kept = Kept(Store(tmp_path / "paperboy.db"))
    kept.add(*map(paper, range(12)))
    indexes = Indexes(kept.store, ANALYZER)
    first = indexes.open(NOW)
    kept.add(paper(12))
    second = first and indexes.follow(first)
    kept.settle()
    third = second and indexes.follow(second)
    blocks = []
    for index in (first, second, third):
        assert index
        blocks.append([part.segment.blocks is not None for part in index.collection.parts])
        index.collection.warm()
        searched.clear()
        assert index.collection.bm25.best(["model"], 3)
        assert len(searched) == big
    assert blocks == [[big], [big, False], [big]]


THREADED = ["backdoor attack", "fine-tuning model", '"poly lm"', "model -attack", "year:2022..2023"]
ACTS = 36


def paper(number: int) -> Paper:
    """Return one of many papers."""
    words = [WORDS[(number * step) % 15] for step in (1, 3, 5, 7, 11)]
    return Paper(
        number=0,
        shown_id="",
        title=" ".join(words[: number % 3]),
        title_origin=TitleOrigin.PAGE,
        abstract=" ".join(words),
        year=2021 + number % 4,
        sources=(Source("1.txt", 1),),
    )


def acts(kept: Kept) -> list[Callable[[], None]]:
    """Return what a writer does, one after the other."""
    kinds: list[Callable[[int], None]] = [
        lambda number: kept.add(paper(number), paper(number + 50)),
        lambda number: kept.revise(number * 5, paper(number + 100)),
        lambda number: kept.remove([number * 7, number * 3]),
        lambda _: kept.settle(),
    ]
    return [lambda number=number: kinds[number % 4](number) for number in range(ACTS)]  # type: ignore[misc]


@dataclass
class Clock:
    """How many acts have begun, and how many are done."""

    begun: int = 0
    done: int = 0
    over: bool = False


def seen(answer: Answer, states: Sequence[Mapping[str, object]], text: str) -> set[int]:
    """Return which states of the store an answer may be of."""
    found = set()
    for number, state in enumerate(states):
        with suppress(AssertionError):
            looked = state[text]
            assert isinstance(looked, dict)
            same(answer, looked, 0)
            found.add(number)
    return found


@pytest.mark.parametrize("shared", [False, True])
def test_while_a_writer_is_at_work_each_answer_is_of_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    """Of one between the beginning and the end of the search, and never of a part of one.

    Where threads share a library, one may be answered as of a moment before, while another is following. Who
    has a library alone, and has it catch up, is not.
    """
    monkeypatch.setattr("bot.indexes._UNSETTLED", 0)
    model = Kept(Store(tmp_path / "model.db"))
    model.add(*map(paper, range(12)))
    states = []
    for act in [lambda: None, *acts(model)]:
        act()
        looker = Looker(model.papers.values())
        states.append({text: looker.answer(parse_query(text, ANALYZER)) for text in THREADED})
    kept = Kept(Store(tmp_path / "paperboy.db"))
    kept.add(*map(paper, range(12)))
    one = kept.library()
    readers = [one, one if shared else kept.library()]
    clock, turns = Clock(), Semaphore(0)

    def read(library: Library) -> list[tuple[int, int, str, Answer]]:
        answers = []
        try:
            while not clock.over:
                for text in THREADED:
                    first = clock.done
                    if not shared:
                        library.catch_up()
                    answer = library.search(text, PAGE)
                    answers.append((first, clock.begun, text, answer))
                turns.release()
        finally:
            turns.release(10 * ACTS)  # whatever happens, the writer need not wait
        return answers

    with ThreadPoolExecutor(2) as threads:
        reading = [threads.submit(read, library) for library in readers]
        try:
            for act in acts(kept):
                assert turns.acquire(timeout=60)
                clock.begun += 1
                act()
                clock.done += 1
        finally:
            clock.over = True
        answers = [done.result(timeout=60) for done in reading]
    assert kept.papers == model.papers
    for of_one in answers:
        assert len(of_one) >= ACTS // 2
        latest = 0
        for first, last, text, answer in of_one:
            moments = {
                state
                for state in seen(answer, states, text)
                if (latest if shared else first) <= state <= last
            }
            assert moments, (first, last, text)
            latest = min(moments)
