"""From the signed request to the posted answer, beside an empty Bolt app in the same run.

Paperboy is `paperboy run` in HTTP mode, in a process of its own; the empty app is `benchmarks.empty_app`, in
another. The local Slack and those who ask are in this one. The apps take turns, and idle while they wait.
"""

import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.callers import Caller, Check, Exchange, at_once, one_at_a_time
from benchmarks.corpora import seeds
from benchmarks.empty_app import CONSTANT
from benchmarks.processes import environment, processor_seconds, running
from benchmarks.table import Row, Table, duration, percentile
from bot.playground import LocalSlack

QUERIES = 40
ROUNDS, SINGLE_A_ROUND, BUSY_A_ROUND = 10, 60, 240
UNDER_WAY = 20
WARM_UP = 80
SLOWER_AT_MOST = 3.0
P99_WITHIN = 0.020
THROUGHPUT_AT_LEAST = 0.5


@dataclass
class App:
    """An app that runs, and what was measured of it."""

    url: str
    pid: int
    check: Check
    single: list[Exchange] = field(default_factory=list)
    busy: list[Exchange] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)  # seconds a request, 20 under way

    def percentile(self, percent: float) -> float:
        """Return the time to the answer, one at a time."""
        return percentile([each.seconds for each in self.single if not each.fault], percent)

    @property
    def refused(self) -> list[str]:
        """Why questions had no answer."""
        return [each.fault for each in (*self.single, *self.busy) if each.fault]


def measure() -> Table:
    """Measure both apps, one question at a time and then 20 under way at once."""
    questions = queries()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paperboy-bench-")))
        slack = stack.enter_context(LocalSlack())
        paperboy = stack.enter_context(app(slack, folder, ("-m", "bot", "run"), is_search))
        empty = stack.enter_context(app(slack, folder, ("-m", "benchmarks.empty_app"), is_constant))
        callers = [Caller(slack, place) for place in range(UNDER_WAY)]
        own = _rounds((paperboy, empty), callers, questions)
    faults = [f"{fault} (one of {len(paperboy.refused)})" for fault in paperboy.refused[:1]]
    faults += [f"the empty app: {fault}" for fault in empty.refused[:1]]
    return Table("Answer over HTTP", _rows(paperboy, empty), _notes(paperboy, empty, own), faults)


def queries(seed: int = 1) -> list[str]:
    """Return different queries of two to four words from the seeds' titles."""
    dice = random.Random(seed)
    titles = [words for title, _ in seeds() if len(words := re.findall("[A-Za-z]{4,}", title)) > 3]
    chosen = dice.sample(titles, QUERIES)
    return [" ".join(dice.sample(words, dice.randint(2, 4))).lower() for words in chosen]


def is_search(question: str, message: Mapping[str, Any]) -> bool:
    """Tell whether the message shows five papers for the question."""
    return message["text"].startswith(f"*{question}*") and "\n5. " in message["text"] and "blocks" in message


def is_constant(_question: str, message: Mapping[str, Any]) -> bool:
    """Tell whether the message is the empty app's."""
    return bool(message["text"] == CONSTANT)


@contextmanager
def app(slack: LocalSlack, folder: Path, arguments: Sequence[str], check: Check) -> Iterator[App]:
    """Run an app in HTTP mode beside this process."""
    variables = environment(
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_SIGNING_SECRET=slack.signing_secret,
        SLACK_API_URL=slack.api_url,
        PAPERBOY_PORT="0",
        PAPERBOY_DB=str(folder / "paperboy.db"),
    )
    with running(arguments, folder, variables) as (pid, greeting):
        address = re.search(r"http://\S+", greeting)
        if address is None:
            raise RuntimeError(f"{arguments} greets without an address: {greeting!r}")
        yield App(address[0], pid, check)


def _rounds(apps: Sequence[App], callers: Sequence[Caller], questions: Sequence[str]) -> float:
    """Let the apps take turns; returns the share of a core that this process used meanwhile, 20 under way."""
    for app in apps:
        at_once(callers, app.url, _take(questions, WARM_UP), app.check)
        one_at_a_time(callers[0], app.url, _take(questions, WARM_UP), app.check)
    turns = [app for turn in range(ROUNDS) for app in apps[:: 1 if turn % 2 else -1]]
    for app in turns:
        app.single += one_at_a_time(callers[0], app.url, _take(questions, SINGLE_A_ROUND), app.check)
    return statistics.median([_busy(app, callers, _take(questions, BUSY_A_ROUND)) for app in turns])


def _busy(app: App, callers: Sequence[Caller], questions: Sequence[str]) -> float:
    """Ask with all callers at once; returns the share of a core that this process used meanwhile."""
    before, own = processor_seconds(app.pid), time.process_time()
    exchanges, seconds = at_once(callers, app.url, questions, app.check)
    share, after = (time.process_time() - own) / seconds, processor_seconds(app.pid)
    app.busy += exchanges
    app.rates.append(len(exchanges) / seconds)
    if before is not None and after is not None:
        app.processor.append((after - before) / len(exchanges))
    return share


def _take(questions: Sequence[str], count: int) -> list[str]:
    return [questions[place % len(questions)] for place in range(count)]


def _rows(paperboy: App, empty: App) -> list[Row]:
    median, other = paperboy.percentile(50), empty.percentile(50)
    worst = paperboy.percentile(99)
    rate, other_rate = statistics.median(paperboy.rates), statistics.median(empty.rates)
    refused, asked = len(paperboy.refused), len(paperboy.single) + len(paperboy.busy)
    return [
        Row("one at a time, p50", duration(median)),
        Row("one at a time, p50, empty app", duration(other)),
        Row(
            "one at a time, p50, times the empty app's",
            f"{median / other:.2f}",
            f"at most {SLOWER_AT_MOST:g}",
            median / other <= SLOWER_AT_MOST,
        ),
        Row("one at a time, p99", duration(worst), f"under {duration(P99_WITHIN)}", worst < P99_WITHIN),
        Row("one at a time, p99, empty app", duration(empty.percentile(99))),
        Row(f"{UNDER_WAY} under way, answers a second", f"{rate:.0f}"),
        Row(f"{UNDER_WAY} under way, answers a second, empty app", f"{other_rate:.0f}"),
        Row(
            f"{UNDER_WAY} under way, throughput, times the empty app's",
            f"{rate / other_rate:.2f}",
            f"at least {THROUGHPUT_AT_LEAST:g}",
            rate / other_rate >= THROUGHPUT_AT_LEAST,
        ),
        Row("refused or unanswered", f"{refused} of {asked:,}", "none", refused == 0),
    ]


def _notes(paperboy: App, empty: App, own: float) -> list[str]:
    notes = [
        f"each app: {len(paperboy.single)} one at a time, {len(paperboy.busy):,} with {UNDER_WAY} under way",
        f"{QUERIES} different queries; {ROUNDS} rounds by turns, throughput is the median round's",
        f"those who ask and the local Slack used {own:.2f} of a core with {UNDER_WAY} under way",
    ]
    if paperboy.processor and empty.processor:
        ours, others = (duration(statistics.median(app.processor)) for app in (paperboy, empty))
        notes.append(f"processor time a request with {UNDER_WAY} under way: {ours}, the empty app {others}")
    return notes
