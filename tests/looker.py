"""A second answer to each query: by looking at every paper.

It is written from the definitions alone, in plain Python. It shares with the app what cuts text into words,
what reads a query, and what finds where a text explains an acronym, all of which have tests of their own.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from bot.answers import Answer
from bot.papers import Paper
from bot.search import acronyms
from bot.search.analyze import Analyzer, Forms, fold, name_forms, split, words
from bot.search.query import Author, Clause, Phrase, Query, Title, Years
from bot.wording import venue

PAGE = 5
NEAR = 1e-9
ANALYZER = Analyzer()

Found = tuple[float, int, tuple[str, ...]]  # a score, a paper's number, the words that it lacks


@dataclass(frozen=True)
class Own:
    """A paper as the second answer sees it: its texts as rows of words, its terms, and its fields."""

    number: int
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


def own(paper: Paper) -> Own:
    """Look at a paper."""
    title, abstract = ANALYZER.terms(paper.title), ANALYZER.terms(paper.abstract)
    libraries = ["arXiv"] if paper.arxiv_id else []
    if paper.acl_id:
        libraries.append(f"ACL Anthology {venue(paper.acl_id)} {paper.acl_id.rpartition('.')[0]}")
    return Own(
        paper.number,
        forms_of(paper.title),
        forms_of(paper.abstract),
        Counter(title * 3 + abstract),
        [[word.forms for word in words(name, name_forms)] for name in paper.authors or (paper.first_author,)],
        [*(source.file for source in paper.sources), *libraries],
        paper.year,
        paper.arxiv_id,
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

    def __init__(self, papers: Iterable[Paper]) -> None:
        found = sorted(papers, key=lambda paper: paper.number)
        self.papers = [own(paper) for paper in found]
        texts = [text for paper in found for text in (paper.title, paper.abstract)]
        self.explained = acronyms.explained(texts)
        self.written = {word for text in texts for word in split(text)}
        self.average = sum(each.terms.total() for each in self.papers) / max(1, len(self.papers))

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
        short = word.lower()
        long = acronyms.meaning(short, self.explained)
        if not long and short.endswith("s"):
            short = short[:-1]
            long = acronyms.meaning(short, self.explained)
        if len(word.lower()) > acronyms.LONGEST or (
            short in self.written and sum(map(str.isupper, word)) < 2
        ):
            return []
        return forms_of(long)

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
        found: list[Found] = []
        for paper in self.papers:
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
            found.append((score, paper.number, self.missing(paper, distinct)))
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
            paper.number
            for paper in self.papers
            if len(paper.title) == len(asked) and stands_in_a_row(asked, paper.title)
        }

    def ordered(self, query: Query, found: list[Found]) -> list[Found]:
        """Sort by score, then by number; without words the newest first."""
        if query.words or query.phrase_terms:
            entitled = self.entitled(query)
            return sorted(found, key=lambda e: (0, 0.0, e[1]) if e[1] in entitled else (1, -e[0], e[1]))
        dates = {each.number: (each.year or 0, each.dated, each.number) for each in self.papers}
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


def same(answer: Answer, looked: dict[str, object], skip: int) -> None:
    """See that the answer is what looking at every paper gives."""
    found = looked["found"]
    entitled = looked["entitled"]
    assert isinstance(found, list)
    assert isinstance(entitled, set)
    hits = [(each.score, each.paper.number, each.missing) for each in answer.found]
    whole = {number: (score, lacking) for score, number, lacking in found}
    assert answer.total == len(found)
    assert len(hits) == len(found[skip : skip + PAGE])
    for (score, number, lacking), expected in zip(hits, found[skip:], strict=False):
        assert number in whole
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
