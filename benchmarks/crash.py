"""Delivering while the process is killed again and again, and while Slack fails: each digest comes once.

A local Slack runs in this process; `paperboy digest` runs in others, on one database. Each is killed with
SIGKILL at a random moment, most after their first post, and a new one started, until all is delivered. What
came is read from the local Slack alone.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import corpora
from benchmarks.digests import fill, follow, topic_of
from benchmarks.processes import environment
from benchmarks.table import Row, Table
from bot.playground import BOT, Call, Fault, LocalSlack
from bot.playground.checks import objects
from bot.store import Store
from bot.topics import Schedule

CHANNELS, DAYS = 100, 3  # 300 digests
NEW_A_DAY = 60  # papers
FIRST = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EVERY_DAY = tuple(range(7))
TOPICS = ("language models", "instruction tuning")
LONGEST_START = 1.5  # seconds; one in five is killed by then, posting or not
LONGEST_LIFE = 0.2  # seconds after a process's first post
PATIENCE = 600  # seconds a scenario
FAILING = {"chat.postMessage", "conversations.history", "conversations.replies"}


@dataclass
class Dice:
    """Decides how calls fail: one in five, if any do."""

    failing: bool
    random: random.Random
    faults: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call) -> Fault | None:
        """Return how a call fails, if it does."""
        if not self.failing or call.method not in FAILING or self.random.random() >= 1 / 5:
            return None
        name, fault = self.random.choice(
            [
                ("429", Fault.ratelimited(1)),
                ("500", Fault.outage(500, done=self.random.random() < 1 / 2)),
                ("dropped before", Fault.dropped()),
                ("dropped after", Fault.dropped(done=True)),
            ]
        )
        self.faults[name] += 1
        return fault


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario."""

    kills: int
    faults: Counter[str]
    digests: int
    replies: int
    doubled: int
    lost: int
    papers_twice: int
    seconds: float


def measure() -> Table:
    """Run the three scenarios."""
    scenarios = (
        ("one process, killed", 1, False),
        ("two processes on one database, both killed", 2, False),
        ("one process, killed, and one call in five failing", 1, True),
    )
    rows, faults = [], []
    for seed, (name, processes, failing) in enumerate(scenarios, 1):
        with tempfile.TemporaryDirectory(prefix="paperboy-crash-") as folder:
            found = run(Path(folder), processes, Dice(failing, random.Random(seed)))
        wrong = found.doubled + found.lost + found.papers_twice
        told = f"{found.kills} kills, {found.faults.total()} faults, {found.digests} digests and"
        told += f" {found.replies} replies posted in {found.seconds:.0f} s"
        rows += [
            Row(name, told),
            Row("… duplicates", str(found.doubled), "0", not found.doubled),
            Row("… losses", str(found.lost), "0", not found.lost),
            Row("… papers twice in a channel", str(found.papers_twice), "0", not found.papers_twice),
        ]
        if wrong or not found.kills or (failing and not found.faults):
            faults.append(f"{name}: {found}")
    return Table(
        "Crashes", rows, ["faults: 429, 500, connections dropped before and after the effect"], faults
    )


def run(folder: Path, processes: int, dice: Dice) -> Outcome:
    """Deliver 300 digests on three days, new papers coming in between."""
    store = Store(folder / "paperboy.db")
    texts = corpora.papers(382 + DAYS * NEW_A_DAY)
    fill(store, list(islice(texts, 382)), FIRST - timedelta(days=9))
    begun, kills = time.monotonic(), 0
    with LocalSlack() as slack:
        wanted = []
        for number in range(CHANNELS):
            slack.add_channel(f"C{number:08}", f"c{number}", {BOT})
            schedule = Schedule(EVERY_DAY, 0, time_of_day(9), "UTC")
            wanted += [
                topic_of(f"C{number:08}", topic, schedule, FIRST - timedelta(hours=1), 3) for topic in TOPICS
            ]
        follow(store, wanted)
        slack.fail_by(dice)
        for day in range(DAYS):
            kills += _deliver(folder, slack, FIRST + timedelta(days=day), processes, dice.random, begun)
            fill(store, list(islice(texts, NEW_A_DAY)), FIRST + timedelta(days=day))
        return _outcome(slack, kills, dice, time.monotonic() - begun)


def _deliver(  # noqa: PLR0913, PLR0917 (a day of a scenario)
    folder: Path, slack: LocalSlack, at: datetime, processes: int, dice: random.Random, begun: float
) -> int:
    """Start, kill and start again until a process says that all is delivered; return the number of kills."""
    variables = environment(
        PAPERBOY_DB=str(folder / "paperboy.db"), SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url
    )
    command = [sys.executable, "-m", "bot", "digest", "--at", at.isoformat()]
    kills, done = 0, False
    while not done:
        before = _posts(slack)
        with (folder / "log").open("a") as log:
            running = [
                subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
                for _ in range(processes)
            ]
        doomed = dice.random() < 0.9  # now and then one may end in peace
        early = time.monotonic() + dice.random() * LONGEST_START if dice.random() < 0.2 else None
        while any(each.poll() is None for each in running):
            if time.monotonic() - begun > PATIENCE:
                for each in running:
                    each.kill()
                raise TimeoutError((folder / "log").read_text()[-3000:])
            if doomed and (_posts(slack) > before or (early and time.monotonic() > early)):
                time.sleep(dice.random() * LONGEST_LIFE)  # the moment of death is what is drawn here
                for each in running:
                    if each.poll() is None:
                        each.kill()
                        kills += 1
                    time.sleep(dice.random() * 0.1)  # two processes do not die at once
            time.sleep(0.005)  # between looks at whether it is time to die
        done = any(each.wait() == 0 for each in running)
    return kills


def _posts(slack: LocalSlack) -> int:
    return len([call for call in slack.calls if call.method == "chat.postMessage"])


def _outcome(slack: LocalSlack, kills: int, dice: Dice, seconds: float) -> Outcome:
    marks: Counter[tuple[str, str, int]] = Counter()
    digests, replies, lost, papers_twice = 0, 0, 0, 0
    for number in range(CHANNELS):
        channel = f"C{number:08}"
        messages = slack.messages(channel)
        marks.update((channel, *_mark(message)) for message in messages)
        parents = [message for message in messages if "thread_ts" not in message]
        digests += len(parents)
        replies += len(messages) - len(parents)
        lost += max(0, DAYS - len(parents))
        came = Counter(paper for message in messages for paper in _papers(message))
        lost += max(0, sum(_promised(message) for message in parents) - len(came))
        papers_twice += sum(times - 1 for times in came.values())
    doubled = sum(times - 1 for times in marks.values())
    return Outcome(kills, dice.faults, digests, replies, doubled, lost, papers_twice, seconds)


def _mark(message: dict[str, Any]) -> tuple[str, int]:
    payload = message["metadata"]["event_payload"]
    return payload["digest_id"], payload["part"]


def _promised(message: dict[str, object]) -> int:
    """Return how many papers a digest says it brings."""
    return int(str(message["text"]).split()[0].lstrip("*"))


def _papers(message: dict[str, object]) -> Iterator[str]:
    """Yield the papers in a thread, by the values of their buttons."""
    for _, each in objects(message["blocks"]):
        if each.get("type") == "button" and "like" in each.get("value", ""):
            yield json.loads(each["value"])["like"]
