"""Made papers as a file of JSON Lines, with the fields of arXiv's public metadata snapshot.

Law: the same number of papers gives the same lines. Ids are of January 2015 and later, and each is another.
The time of change of what was written is an hour ago: one that has just been changed may still change, so a
reload hashes it again the next time.
"""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import corpora
from benchmarks.large import AUTHORS, FIRST_NAMES

FIRST_YEAR, MONTHS = 2015, 144
_SERIALS = 99_999  # a month
_AGO = 3_600_000_000_000  # nanoseconds

Line = Callable[[int, str], str]  # number and line → what stands there instead


def write(path: Path, count: int, skip: int = 0) -> None:
    """Write `count` papers into a file, besides the first `skip`."""
    with path.open("w", encoding="utf-8") as file:
        for entry in entries(count, skip):
            file.write(f"{json.dumps(entry)}\n")
    _aged(path)


def entries(count: int, skip: int = 0) -> Iterator[dict[str, Any]]:
    """Yield papers after the first `skip` as the snapshot has them."""
    for number, text in enumerate(corpora.papers(skip + count), 1):
        if number > skip:
            yield entry(number, skip + count, text)


def entry(number: int, count: int, text: corpora.Text) -> dict[str, Any]:
    """Return a paper, the `number`th of `count`, from 1, as the snapshot has it."""
    dice = random.Random(number)
    year, month = divmod((number - 1) * MONTHS // count, 12)
    names = [
        [corpora.word(dice.randrange(AUTHORS)).capitalize(), dice.choice(FIRST_NAMES), ""]
        for _ in range(dice.randint(1, 6))
    ]
    people = [f"{first} {last}" for last, first, _ in names]
    created = datetime(FIRST_YEAR + year, month + 1, dice.randint(1, 28), dice.randrange(24), tzinfo=UTC)
    title, abstract = text
    return {
        "id": f"{created:%y%m}.{(number - 1) % _SERIALS + 1:05}",
        "submitter": people[0],
        "authors": ", ".join(people),
        "title": title,
        "comments": f"{dice.randint(4, 40)} pages, {dice.randint(1, 12)} figures",
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.CL cs.LG",
        "license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
        "abstract": f"  {abstract}\n",
        "versions": [{"version": "v1", "created": f"{created:%a, %d %b %Y %H:%M:%S} GMT"}],
        "update_date": f"{created:%Y-%m-%d}",
        "authors_parsed": names,
    }


def rewrite(path: Path, line: Line) -> None:
    """Replace a file by one with other lines."""
    other = path.with_name(f".{path.name}")
    with path.open(encoding="utf-8") as old, other.open("w", encoding="utf-8") as new:
        for number, text in enumerate(old, 1):
            new.write(line(number, text))
    _aged(other)
    other.replace(path)


def with_word(text: str, word: str) -> str:
    """Return a line whose abstract ends in another word."""
    found = json.loads(text)
    found["abstract"] = f"{found['abstract'].rstrip()} {word}\n"
    return f"{json.dumps(found)}\n"


def _aged(path: Path) -> None:
    then = time.time_ns() - _AGO
    os.utime(path, ns=(then, then))
