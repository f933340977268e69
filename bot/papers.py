"""The nouns of Paperboy: frozen, and without behaviour that needs anything else."""

from dataclasses import dataclass, field
from enum import StrEnum


class TitleOrigin(StrEnum):
    """Where a paper's title comes from; a later member is weaker than an earlier one."""

    PAGE = "page"  # the text that holds the abstract
    CATALOG = "catalog"  # a catalog.csv beside it
    SENTENCE = "sentence"  # nobody knows one: the abstract's first sentence stands in


@dataclass(frozen=True, slots=True)
class Source:
    """One place where a paper stands: a file of the corpus and a line in it, from 1; or a feed, and 0."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A place that could not be read as a paper, and why, in words for whoever keeps the corpus.

    Line 0 means the file as a whole.
    """

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is known of a paper. Text is mended for display; what is not known is empty or None.

    `authors` is complete or empty; `first_author` may be known alone. Ids have no version and no prefix:
    `2305.14710`, `2024.naacl-long.171`, `10.1145/3544548.3581388`.
    """

    title: str
    title_origin: TitleOrigin
    abstract: str
    first_author: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    arxiv_id: str = ""
    acl_id: str = ""
    doi: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Description):
    """A paper as one place in one file gives it."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(Description):
    """A paper of the corpus: one or more records.

    `number` is its permanent integer; `shown_id` is what people see and type.
    """

    number: int
    shown_id: str
    sources: tuple[Source, ...] = field(default=())
