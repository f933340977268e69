"""Papers as every engine gets them: terms, made once, and queries from them.

tokens.txt    a paper a line: its terms, blanks between them, the title's TITLE_TIMES
queries.json  lists of two to six distinct terms of one paper, each of its distinct terms equally likely
"""

import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpora
from benchmarks.contenders import QUERIES, TOKENS
from bot.search.analyze import Analyzer

COUNT = 200
TITLE_TIMES = 3  # as the app has it


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of some papers: their terms, their distinct terms, and distinct terms of each, which are postings."""

    papers: int
    terms: int
    distinct: int
    postings: int


def write(papers: int, folder: Path, seed: int = 1) -> Amounts:
    """Write both files; the same every time."""
    dice = random.Random(seed)
    asked = Counter(dice.choices(range(papers), k=COUNT))
    terms, postings, known, queries = 0, 0, set[str](), list[list[str]]()
    with (folder / TOKENS).open("w", encoding="utf-8") as file:
        for number, paper in enumerate(analyzed(corpora.papers(papers))):
            file.write(f"{' '.join(paper)}\n")
            distinct = list(dict.fromkeys(paper))
            queries += (_query(dice, distinct) for _ in range(asked[number]))
            terms, postings = terms + len(paper), postings + len(distinct)
            known.update(distinct)
    dice.shuffle(queries)
    (folder / QUERIES).write_text(json.dumps(queries), encoding="utf-8")
    return Amounts(papers, terms, len(known), postings)


def analyzed(papers: Iterable[corpora.Text]) -> Iterable[list[str]]:
    """Return the terms of papers, given as title and abstract."""
    terms = Analyzer().terms
    return (terms(title) * TITLE_TIMES + terms(abstract) for title, abstract in papers)


def _query(dice: random.Random, distinct: list[str]) -> list[str]:
    return dice.sample(distinct, min(dice.randint(2, 6), len(distinct)))
