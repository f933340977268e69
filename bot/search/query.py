"""What somebody typed → Query. Pure.

    backdoor tuning          words: alternatives
    "length bias"            a phrase: required
    title:moe author:"xu"    a field: required; also source:, year:2023, year:2022..2024
    -dialogue  -"a phrase"   forbidden; fields as well

Law: nothing that was typed is a fault unless it cannot mean anything. A quotation mark without a partner is
none, and what only looks like a field is words.
"""

import re
from dataclasses import dataclass

from bot.errors import UserError
from bot.search.analyze import Analyzer, Forms, fold, name_forms, words

LONGEST_QUERY = 500

QUOTES = '"“”„‟«»″'
_STRAIGHT = str.maketrans(QUOTES, '"' * len(QUOTES))
_DASHES = "-\u2010\u2011\u2013\u2212"
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)  # PDFs paste these
_NAMES = {"title": "title", "year": "year"} | {"author": "author", "authors": "author"}
_NAMES |= {"source": "source", "venue": "source"}
_FIELDS = "|".join(sorted(_NAMES, reverse=True))  # authors before author
_CLAUSE = re.compile(
    rf"(?P<minus>[{_DASHES}])?"
    # Amid a query a blank behind the colon makes it prose, as titles have it: From Text to Source: Results.
    rf"(?:(?P<field>{_FIELDS}):(?=\S)|\A\s*(?P<first>{_FIELDS}):\s+(?=\S)|(?P<when>year):\s+(?=\d))?"
    r'(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))',
    re.IGNORECASE,
)
_FIELD = re.compile(rf"[{_DASHES}]?({_FIELDS}):", re.IGNORECASE)
_YEARS = re.compile(rf"(\d{{4}})?(\.\.+|…|[{_DASHES}])?(\d{{4}})?")
_EXAMPLES = {
    "title": 'title:backdoor or title:"length bias"',
    "author": 'author:bagdasaryan or author:"jiashu xu"',
    "source": "source:arxiv or source:naacl",
    "year": "year:2023 or year:2022..2024",
}
_FIRST_YEAR, _LAST_YEAR = 1, 9999


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word in the asker's own spelling, what it stands for, and where it begins in the query."""

    text: str
    forms: Forms
    start: int

    @property
    def end(self) -> int:
        """Where it ends in the query."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, anywhere in a paper; one word alone is a row too."""

    words: tuple[QueryWord, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """Words in a row in the title."""

    words: tuple[QueryWord, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """Words that one author's name has, in any order."""

    words: tuple[QueryWord, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A part of the name of a file, a library or a venue."""

    part: str


@dataclass(frozen=True, slots=True)
class Years:
    """A span of years, both included."""

    first: int
    last: int


Condition = Phrase | Title | Author | Source | Years


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition that a paper must meet, or must not; it stands at `start` to `end` in the query."""

    condition: Condition
    excluded: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A search somebody asked for; bare words are alternatives.

    `text` is as typed, but for invisible characters and a quotation mark without a partner.
    """

    text: str
    words: tuple[QueryWord, ...]
    clauses: tuple[Clause, ...] = ()

    @property
    def terms(self) -> list[str]:
        """The terms of the bare words, each as often as its word stands in the query."""
        return [term for word in self.words for term in word.forms.terms]

    @property
    def phrase_terms(self) -> list[str]:
        """The terms of the phrases that are required: they rank, as bare words do."""
        return [
            term
            for clause in self.clauses
            if isinstance(clause.condition, Phrase) and not clause.excluded
            for word in clause.condition.words
            for term in word.forms.terms
        ]


def parse_query(text: str, analyzer: Analyzer) -> Query:
    """Read a query; raises UserError where there is nothing to search for, or too much."""
    if len(text) > LONGEST_QUERY:
        raise UserError(
            f"That query has {len(text):,} characters; I read up to {LONGEST_QUERY}. "
            "A title or a few words find a paper best."
        )
    text = _INVISIBLE.sub("", text)
    said = text.translate(_STRAIGHT)
    if said.count('"') % 2:
        place = said.rindex('"')
        text, said = (f"{each[:place]} {each[place + 1 :]}" for each in (text, said))
    bare: list[QueryWord] = []
    clauses: list[Clause] = []
    for match in _CLAUSE.finditer(said):
        field, alone = _field(match), _FIELD.match(match["bare"] or "")
        if alone and (field or not said[match.end() :].strip()):  # title: author:xu, or title: at the end
            raise _lacking(field or _NAMES[alone[1].lower()])
        if match["bare"] and not match["minus"] and not field:
            bare += _words(text, *match.span("bare"), analyzer)
        elif condition := _condition(text, match, analyzer):
            clauses.append(Clause(condition, bool(match["minus"]), *match.span()))
    query = Query(text, tuple(bare), tuple(clauses))
    _demand_something(query)
    return query


def _field(match: re.Match[str]) -> str:
    named = match["field"] or match["first"] or match["when"]
    return _NAMES[named.lower()] if named else ""


def _condition(text: str, match: re.Match[str], analyzer: Analyzer) -> Condition | None:
    """Return what a clause demands; None where it is a phrase of nothing. Raises UserError for a field."""
    field = _field(match)
    start, end = match.span("bare" if match["quoted"] is None else "quoted")
    value = text[start:end].strip()
    if field == "year" and value:
        return _years(value)
    if field == "source" and fold(value):
        return Source(value)
    if field == "author" and (names := _words(text, start, end, None)):
        return Author(names)
    found = _words(text, start, end, analyzer)
    if field == "title" and found:
        return Title(found)
    if field:
        raise _lacking(field, value)
    return Phrase(found) if found else None


def _words(text: str, start: int, end: int, analyzer: Analyzer | None) -> tuple[QueryWord, ...]:
    """Return the words of a stretch of the query; without an analyzer they are those of a name."""
    stretch = text[start:end]
    return tuple(
        QueryWord(stretch[word.start : word.end], word.forms, start + word.start)
        for word in words(stretch, analyzer.forms if analyzer else name_forms)
    )


def _years(value: str) -> Years:
    match = _YEARS.fullmatch(value)
    if not match or not (match[1] or match[3]) or bool(match[3]) > bool(match[2]):
        raise UserError(f"year:{value} is no year. Write for example {_EXAMPLES['year']}.")
    first = int(match[1] or _FIRST_YEAR)
    last = int(match[3] or (_LAST_YEAR if match[2] else first))
    if first > last:
        raise UserError(f"year:{value} ends before it begins. Did you mean year:{last}..{first}?")
    return Years(first, last)


def _lacking(field: str, value: str = "") -> UserError:
    if value:
        return UserError(
            f"{field}:{value} has no word that I search for. Write for example {_EXAMPLES[field]}."
        )
    return UserError(f"{field}: needs something behind it, for example {_EXAMPLES[field]}.")


def _demand_something(query: Query) -> None:
    if query.words or any(not clause.excluded for clause in query.clauses):
        return
    if query.clauses:
        raise UserError(
            "That only says what to leave out. Add what to look for, for example: safety -dialogue"
        )
    raise UserError(
        "There is no word to search for: very common words and punctuation are left out. "
        "Name a topic, a method or a title."
    )
