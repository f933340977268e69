"""What the library answers: frozen, and without behaviour."""

from dataclasses import dataclass
from datetime import datetime

from bot.papers import Paper, Problem
from bot.search.query import Query
from bot.search.snippet import Run


@dataclass(frozen=True, slots=True)
class Found:
    """A paper that a search found: its score, the asker's words that it lacks, the passage that shows why."""

    paper: Paper
    score: float
    missing: tuple[str, ...]
    snippet: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A query near one that found little, and how many papers it would find.

    `complete` of the `total` papers have every one of its `words` words.
    """

    text: str
    words: int
    total: int
    complete: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a search: the papers `found` from rank `skip` + 1 on.

    `total` papers have some word of the query, `complete` have every; `unknown` words are in no paper.
    `weak`: no paper has half the weight of the query, which is short. `suggestion` is a query that finds
    more, where one is near. `corpus_size` papers were loaded at `loaded_at`.
    """

    query: Query
    skip: int
    found: tuple[Found, ...]
    total: int
    complete: int
    unknown: tuple[str, ...]
    weak: bool
    suggestion: Suggestion | None
    corpus_size: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Similar:
    """Papers like a paper, from rank `skip` + 1 on, of `total`, in the corpus loaded at `loaded_at`."""

    paper: Paper
    skip: int
    found: tuple[Found, ...]
    total: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What is loaded, and what could not be read; `loaded_at` is None before the first load."""

    papers: int
    records: int
    loaded_at: datetime | None
    records_by_file: dict[str, int]
    problems: tuple[Problem, ...]
