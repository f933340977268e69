"""The app over many papers, right after its start: `python -m benchmarks large [--papers N]`.

Law: whatever is asked is asked of a process that has just been started. The database is filled (a large load
makes the index on the way, after a small one the first search does), then `paperboy run` is started in HTTP
mode again and again, and asked the same questions, the first as soon as it has greeted. A million papers take
a quarter of an hour, and 8 GB of disk for a while.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import answer, corpora
from benchmarks.callers import Caller, Exchange, one_at_a_time
from benchmarks.figures import size
from benchmarks.processes import environment, memory, timed, watched
from benchmarks.table import Row, Table, duration, machine, percentile, show, verdict
from bot.library import Library
from bot.playground import LocalSlack
from bot.store import Store

STARTS = 5
AUTHORS = 60_000  # surnames
FIRST_NAMES = ("Ana", "Bo", "Chen", "Elif", "Farid", "Greta", "Hiro", "Ines", "Kofi", "Lena", "Mira", "Wei")
MISSPELT = "bakcdoor instruktion"
NOTABLE = ('"large language models"', "LLM safety", "year:2020 model", "backdoor -dialogue", MISSPELT)
_SEARCH = ("-m", "bot", "search", "backdoor instruction tuning")
_NOW = datetime(2026, 11, 23, tzinfo=UTC)
_PATIENCE = 3600.0


def main(arguments: Sequence[str]) -> int:
    """Print the table; returns 1 where a result was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks large")
    parser.add_argument("--papers", type=int, default=1_000_000, metavar="N", help="how many")
    print(machine())
    table = measure(parser.parse_args(arguments).papers)
    show(table)
    return verdict(table.faults)


def measure(count: int) -> Table:
    """Fill, build, start and ask."""
    questions = [*answer.queries(), *NOTABLE]
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as name:
        folder = Path(name)
        variables = environment(PAPERBOY_DB=str(folder / "paperboy.db"))
        begun, before = time.perf_counter(), memory("self", "VmRSS")
        with watched() as loading:
            fill(Store(folder / "paperboy.db"), count)
        filled, own = time.perf_counter() - begun, memory("self", "VmRSS")
        with watched() as taken:
            built = timed(_SEARCH, folder, variables, _PATIENCE).seconds
        searches = [timed(_SEARCH, folder, variables).seconds for _ in range(STARTS)]
        runs = [_run(folder, questions) for _ in range(STARTS)]
    starts = [seconds for seconds, _ in runs]
    first, *others = [
        [each.seconds for each in asked] for asked in zip(*(run for _, run in runs), strict=True)
    ]
    medians = [statistics.median(each) for each in others]
    plain, notable = medians[: -len(NOTABLE)], medians[-len(NOTABLE) :]
    rows = [
        Row(
            "writing them as JSON Lines and loading them",
            f"{duration(filled)}, {count / filled:,.0f} a second, {size(max(loading) - before)} at most",
        ),
        Row(
            "`paperboy search` after that, the first time",
            f"{duration(built)}, {size(max(taken) - own)} at most",
        ),
        Row("`paperboy search` after that, process start to end", _median(searches)),
        Row("`paperboy run`, process start to greeting", _median(starts)),
        Row("the first answer after it, from request to answer", _median(first)),
        Row(
            f"each of the next {len(plain)}",
            f"{duration(percentile(plain, 50))} (worst {duration(max(plain))})",
        ),
        *(Row(f"then `{text}`", duration(seconds)) for text, seconds in zip(NOTABLE, notable, strict=True)),
    ]
    faults = [each.fault for _, asked in runs for each in asked if each.fault]
    return Table(
        f"The app over {count:,} papers",
        rows,
        [f"medians of {STARTS} starts; no question is asked twice"],
        faults[:1],
    )


def _run(folder: Path, questions: Sequence[str]) -> tuple[float, list[Exchange]]:
    """Start the app and ask it; returns also how long it took to greet."""
    with LocalSlack() as slack:
        begun = time.perf_counter()
        with answer.app(slack, folder, ("-m", "bot", "run"), is_answer) as app:
            started = time.perf_counter() - begun
            return started, one_at_a_time(Caller(slack, 0), app.url, questions, app.check)


def _median(seconds: Sequence[float]) -> str:
    return f"{duration(statistics.median(seconds))} (worst {duration(max(seconds))})"


def is_answer(question: str, message: Mapping[str, Any]) -> bool:
    """Tell whether the message shows papers for the question, or offers another where it is misspelt."""
    text = message["text"]
    if question == MISSPELT:
        return "Did you mean *backdoor instruction*?" in text
    return f"*{question}*" in text and "\n1. " in text


def fill(store: Store, count: int) -> None:
    """Load papers from a file of JSON Lines, with authors, years and DOIs."""
    dice = random.Random(3)
    path = store.path.with_name("made.jsonl")
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(corpora.papers(count), 1):
            file.write(json.dumps(_paper(number, count, text, dice)) + "\n")
    Library(store).reload([path], "", lambda: _NOW)
    path.unlink()


def _paper(number: int, count: int, text: corpora.Text, dice: random.Random) -> dict[str, Any]:
    title, abstract = text
    surnames = [corpora.word(dice.randrange(AUTHORS)).capitalize() for _ in range(dice.randint(1, 6))]
    return {
        "title": title,
        "abstract": abstract,
        "authors": [f"{dice.choice(FIRST_NAMES)} {surname}" for surname in surnames],
        "year": 2007 + number * 18 // (count + 1),
        "doi": f"10.1000/{number:07}",
    }
