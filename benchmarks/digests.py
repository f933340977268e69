"""Digests: what is due, what each topic brings, how soon it is posted."""

import json
import logging
import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from slack_sdk import WebClient

from benchmarks import corpora
from benchmarks.processes import ROOT, environment, timed
from benchmarks.table import Row, Table, duration, percentile
from bot.digest.claiming import draft
from bot.digest.courier import Courier
from bot.digest.due import due
from bot.digest.rounds import Rounds
from bot.library import Library
from bot.playground import BOT, LocalSlack
from bot.slack.sender import ChannelSender, DigestWriter
from bot.store import Store, topics
from bot.topics import Person, Place, Schedule, Strictness, Topic

TOPICS = PAPERS = 10_000
A_CHANNEL = 5  # topics
POSTS = 200
TEAM = "T0PAPERLAB"
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "Asia/Tokyo")
MONDAY = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
LOOKS = 5
DUE_WITHIN, SELECTED_WITHIN, MEMORY, POSTED_WITHIN = 0.1, 10.0, 300.0, 0.015


def measure() -> Table:
    """Measure in a process of its own, whose memory is its own too."""
    with tempfile.TemporaryDirectory(prefix="paperboy-bench-") as folder:
        done = timed(("-m", "benchmarks.digests", folder), ROOT, environment(), patience=600)
    found = json.loads(done.output)
    posted = f"p50 {duration(found['p50'])}, p99 {duration(found['p99'])} of {POSTS}"
    rows = [
        Row(
            f"deciding what is due of {TOPICS:,} topics, all due",
            duration(found["all due"]),
            *_below(found["all due"], DUE_WITHIN),
        ),
        Row("the same, none due", duration(found["none due"]), *_below(found["none due"], DUE_WITHIN)),
        Row(
            f"selecting for all {TOPICS:,} over {PAPERS:,} papers",
            duration(found["selecting"]),
            *_below(found["selecting"], SELECTED_WITHIN),
        ),
        Row(
            "peak memory of that",
            f"{found['memory']:.0f} MB",
            f"under {MEMORY:.0f} MB",
            found["memory"] < MEMORY,
        ),
        Row(
            "from tick to posted parent, one topic, 382 papers", posted, *_below(found["p50"], POSTED_WITHIN)
        ),
    ]
    return Table("Digests", rows, ["what is due: medians of 5 looks"], found["faults"])


def _below(seconds: float, target: float) -> tuple[str, bool]:
    return f"under {duration(target)}", seconds < target


def main(folder: Path) -> None:
    """Print what was measured as JSON."""
    logging.disable(logging.ERROR)  # of words drawn at random some make no query
    found: dict[str, object] = {"faults": []}
    store = Store(folder / "many.db")
    fill(store, list(corpora.papers(PAPERS)), MONDAY - timedelta(days=30))
    _follow_much(store)
    library = Library(store)
    library.open(MONDAY)
    library.warm()
    found |= {
        "none due": _median_look(store, MONDAY - timedelta(days=9)),
        "all due": _median_look(store, MONDAY),
    }
    ready = due(store, TEAM, MONDAY)
    if sum(len(each.slots) for each in ready) != TOPICS:
        found["faults"] = ["not all topics were due"]
    begun = time.perf_counter()
    with store.reading():  # as a round has one open
        brought = sum(len(draft(store, library, each).selection.homes) for each in ready)
    found["selecting"] = time.perf_counter() - begun
    if not brought:
        found["faults"] = ["nothing was selected"]
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    seconds = _posting(folder / "few.db")
    found |= {"p50": percentile(seconds, 50), "p99": percentile(seconds, 99)}
    print(json.dumps(found))


def fill(store: Store, texts: Sequence[corpora.Text], now: datetime) -> None:
    """Load papers into a store, besides those that were loaded before."""
    folder = store.path.with_name(f"{store.path.name}-papers")
    folder.mkdir(exist_ok=True)
    number = len(list(folder.iterdir()))
    lines = (
        json.dumps({"title": title, "abstract": text, "doi": f"10.1000/{number}.{place}"})
        for place, (title, text) in enumerate(texts)
    )
    (folder / f"{number:04}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    Library(store).reload([folder], "", lambda: now)


def follow(store: Store, wanted: Sequence[Topic]) -> None:
    """Let channels follow topics."""
    with store.writing() as db:
        for number, topic in enumerate(wanted):
            topics.add(db, topic, f"{number} {topic.query}")


def topic_of(channel: str, query: str, schedule: Schedule, since: datetime, top: int = 5) -> Topic:
    """Return a topic that is about to be followed."""
    return Topic(
        id=0,
        place=Place(TEAM, channel),
        number=0,
        query=query,
        strictness=Strictness.NORMAL,
        top=top,
        schedule=schedule,
        owner=Person("U0ANA00001", "ana"),
        created_at=since,
        counts_from=since,
        newest=0,
        earlier=top,
        revision=1,
    )


def _follow_much(store: Store) -> None:
    """Follow two or three words of titles each, at whatever time of whatever days."""
    dice = random.Random(1)
    titles = [title.split() for title, _ in corpora.papers(PAPERS) if len(title.split()) > 3]
    since = MONDAY - timedelta(days=8)
    wanted = []
    for number in range(TOPICS):
        days = dice.choice(
            [(tuple(range(7)), 0), (tuple(range(5)), 0), ((dice.choice([0, 1]),), 0), ((), 23)]
        )
        at = time_of_day(dice.randrange(0, 13), dice.choice([0, 15, 30, 45]))
        words = " ".join(dice.sample(dice.choice(titles), dice.choice([2, 3])))
        wanted.append(
            topic_of(f"C{number // A_CHANNEL:08}", words, Schedule(*days, at, dice.choice(ZONES)), since)
        )
    follow(store, wanted)


def _median_look(store: Store, now: datetime) -> float:
    seconds = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        due(store, TEAM, now)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def _posting(db: Path) -> list[float]:
    """Let one topic after the other come due; return the times from tick to the message's arrival."""
    store = Store(db)
    fill(store, corpora.seeds(), MONDAY - timedelta(days=30))
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    library, now, arrived, seconds = Library(store), begin, threading.Event(), []
    library.open(now)
    arrivals: list[float] = []

    def heard(event: dict[str, object], _: object) -> None:
        if event["type"] == "message":
            arrivals.append(time.perf_counter())
            arrived.set()

    rounds = Rounds(db, lambda: now)
    with LocalSlack() as slack:
        slack.workspace.listen(heard)
        wanted = []
        for number in range(POSTS):
            channel = f"C{number:08}"
            slack.add_channel(channel, f"c{number}", {BOT})
            at = (begin + timedelta(minutes=number + 1)).time()
            wanted.append(topic_of(channel, "backdoor attacks", Schedule((0,), 0, at, "UTC"), begin, 3))
        follow(store, wanted)
        sender = ChannelSender(WebClient(slack.bot_token, base_url=slack.api_url), TEAM)
        courier = Courier(store, library, sender, DigestWriter(library), clock=lambda: now)
        with rounds.going(courier.round):
            for _ in range(POSTS):
                now += timedelta(minutes=1)
                arrived.clear()
                begun = time.perf_counter()
                rounds.tick()
                if not arrived.wait(10):
                    raise TimeoutError("no digest came")
                seconds.append(arrivals[-1] - begun)
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]))
