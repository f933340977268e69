"""What the library answers: frozen, and without behaviour."""

from collections.abc import Callable
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
class Progress:
    """How far a load has come: `read` of the `files` that are to be read, which gave so many `papers`.

    `share` of their bytes, from 0 to 1, is done.
    """

    files: int
    read: int
    papers: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load of the corpus brought.

    `by` is who asked for it, as people call them; empty where nobody did. It began at `at` and took so many
    `seconds`. `papers` are searched since; `problems` are places that could not be read.
    """

    by: str
    at: datetime
    seconds: float
    papers: int
    new: int
    revised: int
    unchanged: int
    removed: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """What is loaded; `last` is None before the first load.

    `under_way` is whose load runs now, as a sentence begins: `ana's reload`, `A load`; empty where none does.
    """

    papers: int
    records: int
    records_by_file: dict[str, int]
    records_by_feed: dict[str, int]
    last: Loaded | None
    under_way: str


# Loads the corpus again for whom people call so, and tells now and then how far that is.
Reload = Callable[[str, Callable[[Progress], None]], Loaded]
