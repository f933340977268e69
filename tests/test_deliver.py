"""`paperboy digest`: what is due is posted once, or drawn up, to a real socket and from a real file."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bot import deliver
from bot.deliver import drawn_up
from bot.digest import claiming
from bot.digest.following import Following
from bot.errors import OperatorError
from bot.library import Library
from bot.playground import ANA, BOT, SAFETY, TEAM, Call, Fault, LocalSlack
from bot.settings import Settings
from bot.store import Store
from bot.topics import Person, Place, Wish
from tests.conftest import LOADED_AT
from tests.digest.test_rounds import holder
from tests.test_app import running
from tests.test_app import settings as settings_for

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = "C0SECOND01"
TABLES = (
    "topic",
    "decided",
    "delivery",
    "delivery_message",
    "delivered_paper",
    "posting",
    "workspace",
    "load",
)


class Stop(Event):
    """Tells `deliver` to stop; whoever waits for it lets the time of a world go by instead."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world

    def wait(self, timeout: float | None = None) -> bool:
        """Let so much time go by."""
        self.world.waited.append(timeout or 0.0)
        self.world.now += timedelta(seconds=timeout or 0.0)
        return self.is_set()


@dataclass
class World:
    """A Slack and a database of the seeds that go by one clock."""

    db: Path
    library: Library
    now: datetime = MONDAY
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.slack = LocalSlack(clock=self.seconds)
        self.slack.add_channel(SECOND, "second", {ANA, BOT})
        self.stop = Stop(self)

    def seconds(self) -> float:
        """Return what time it is."""
        return self.now.timestamp()

    @property
    def settings(self) -> Settings:
        """What leads to both."""
        return settings_for(self.slack, self.db)

    def follow(self, topic: str, channel: str = SAFETY, **wish: Any) -> None:
        """Follow a topic since the papers were loaded: on Mondays at nine, unless the wish says more."""
        following = Following(Store(self.db), self.library, lambda: LOADED_AT)
        following.follow(Place(TEAM, channel), Person(ANA, "ana"), Wish(topic, **wish), "UTC")

    def deliver(self, at: datetime = MONDAY) -> str:
        """Deliver what is due at an instant."""
        return deliver.deliver(self.settings, lambda: self.now, at, self.stop)

    def fails(self, at: datetime = MONDAY) -> str:
        """Deliver what is due at an instant; return what the operator is told."""
        with pytest.raises(OperatorError) as error:
            self.deliver(at)
        assert error.value.exit_code == 1
        return str(error.value)

    def posts(self, channel: str = SAFETY) -> list[tuple[str, int]]:
        """Return what a channel got: each message's first line, and how many replies are in its thread."""
        messages = self.slack.messages(channel)
        threads = [message.get("thread_ts") for message in messages]
        return [
            (message["text"].splitlines()[0], threads.count(message["ts"]))
            for message in messages
            if not message.get("thread_ts")
        ]

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that the database holds of digests and loads."""
        with Store(self.db).reading() as db:
            return {
                name: [tuple(row) for row in db.conn.execute(f"SELECT * FROM {name} ORDER BY rowid")]  # noqa: S608
                for name in TABLES
            }


@pytest.fixture
def world(seeded: Path, library: Library, tmp_path: Path) -> Iterator[World]:
    """Yield a world with the seeds, on Monday at nine."""
    db = tmp_path / "paperboy.db"
    shutil.copy(seeded, db)
    world = World(db, library)
    with world.slack:
        yield world


@pytest.fixture
def due(world: World) -> World:
    """Return a world in which two channels have a digest due."""
    world.follow("prompt injection")
    world.follow("length bias", SECOND)
    return world


FIRST, OTHER = ("*4 papers*: 1 prompt injection", 1), ("*2 papers*: 1 length bias", 1)
DONE = "2 digests posted, 2 replies in threads"
NOTHING = "0 digests posted, 0 replies in threads"


def test_what_is_due_is_posted_once(due: World) -> None:
    """With its threads, a second between two messages in a channel; a second call posts nothing."""
    due.follow("backdoor attack", top=1)
    due.follow("qqqq", "C0NOTHERE1")
    due.follow("lora", at=(MONDAY + timedelta(minutes=1)).time())
    assert due.deliver() == DONE
    assert due.posts() == [("*5 papers*: 1 prompt injection · 2 backdoor attack", 1)]
    assert due.posts(SECOND) == [OTHER]
    assert due.waited == [0, 1]
    before = due.rows()
    assert due.deliver() == NOTHING
    assert due.rows() == before
    assert (len(due.posts()), len(due.posts(SECOND))) == (1, 1)


def test_the_instant_decides_what_is_due(due: World) -> None:
    """Whatever time it is: before it, days later, or a moment before."""
    assert due.deliver(MONDAY - timedelta(seconds=1)) == NOTHING
    due.now = MONDAY - timedelta(minutes=5)
    assert due.deliver() == DONE
    assert due.waited == [0, 0, 1]
    due.now = MONDAY + timedelta(days=9)
    assert due.deliver() == NOTHING
    assert (due.posts(), due.posts(SECOND)) == ([FIRST], [OTHER])


def test_drawing_up_changes_nothing(due: World) -> None:
    """It tells what would be posted in every workspace, and needs no token and no Slack."""
    due.follow("backdoor attack", top=1)
    due.follow("qqqq", "C0NOTHERE1")
    before = due.rows()
    assert list(drawn_up(Settings(db=due.db, corpus=()), MONDAY)) == [
        "T0PAPERLAB C0NOTHERE1: nothing new",
        "  1 qqqq",
        "T0PAPERLAB C0SAFETY01: 5 papers",
        "  1 prompt injection",
        "    Evaluating the Instruction-Following Robustness of Large Language Models to Prompt Injection",
        "      first author Zekun Li · 2023 · arXiv 2308.10819",
        "    Embedding-based classifiers can detect prompt injection attacks",
        "      first author Md. Ahsan Ayub · 2024 · arXiv 2410.22284",
        "    Nightshade: Prompt-Specific Poisoning Attacks on Text-to-Image Generative Models",
        "      Shawn Shan + 5 · 2023 · arXiv 2310.13828",
        "    Backdoor Activation Attack: Attack Large Language Models using Activation Steering for"
        " Safety-Alignment",
        "      Haoran Wang, Kai Shu · 2023 · arXiv 2311.09433",
        "  2 backdoor attack",
        "    Instructions as Backdoors: Backdoor Vulnerabilities of Instruction Tuning for Large Language"
        " Models",
        "      Jiashu Xu + 4 · 2023 · arXiv 2305.14710 · NAACL 2024",
        "T0PAPERLAB C0SECOND01: 2 papers",
        "  1 length bias",
        "    Loose lips sink ships: Mitigating Length Bias in Reinforcement Learning from Human Feedback",
        "      Wei Shen + 7 · 2023 · arXiv 2310.05199 · Findings of EMNLP 2023",
        "    CALM : A Multi-task Benchmark for Comprehensive Assessment of Language Model Bias",
        "      Vipul Gupta + 4 · 2023 · arXiv 2308.12539",
    ]
    assert due.rows() == before
    assert due.slack.calls == []


def test_what_is_drawn_up_tells_more(world: World) -> None:
    """A paper that two topics chose, and how many wait where there is no room."""
    world.follow("moe", top=20)
    world.follow("title:moe lora")
    lines = list(drawn_up(world.settings, MONDAY))
    assert lines[0] == "T0PAPERLAB C0SAFETY01: 10 papers, 1 more waits"
    assert lines[-1] == "      Shihan Dou + 15 · 2024 · arXiv 2312.09979 · ACL 2024 · also 1"


@pytest.mark.parametrize("at", [MONDAY - timedelta(days=1), MONDAY + timedelta(days=8)])
def test_nothing_is_due(world: World, at: datetime) -> None:
    """Which is said, and is no failure; a slot older than a week is passed over."""
    world.follow("prompt injection", days=((), 23))
    assert list(drawn_up(world.settings, at)) == [f"nothing is due at {at:%Y-%m-%dT%H:%M:%S}+00:00"]
    assert world.deliver(at) == NOTHING
    assert world.posts() == []


def test_drawing_up_loads_no_papers(tmp_path: Path) -> None:
    """A database without any stays as it is."""
    settings = Settings(db=tmp_path / "new.db", corpus=(Path("seeds"),))
    assert list(drawn_up(settings, MONDAY)) == ["nothing is due at 2026-11-23T09:00:00+00:00"]
    assert Library(Store(settings.db)).status().last is None


def test_without_papers_nothing_can_be_drawn_up(due: World) -> None:
    """Nor posted; and the operator is told why."""
    with Store(due.db).writing() as db:
        for table in ("record", "description", "load"):
            db.conn.execute(f"DELETE FROM {table}")  # noqa: S608
    with pytest.raises(OperatorError) as error:
        list(drawn_up(due.settings, MONDAY))
    assert str(error.value) == "No papers are loaded yet. Whoever runs me can see why with: paperboy status"
    assert due.fails() == "no papers are loaded; paperboy status tells more"
    assert due.slack.calls == []


def test_a_refused_token_is_told(due: World) -> None:
    """At the beginning nothing is claimed."""
    before = due.rows()
    due.slack.uninstall()
    assert due.fails() == "Slack refuses SLACK_BOT_TOKEN: account_inactive"
    assert due.rows() == before


def test_a_token_that_is_revoked_meanwhile(due: World) -> None:
    """What was not taken is as it was, and comes once the token is good again."""
    due.slack.fail("chat.postMessage", Fault("token_revoked"))
    assert due.fails().startswith(f"{NOTHING}; Slack lets Paperboy no longer in: ")
    assert due.rows()["delivered_paper"] == []
    assert due.deliver() == DONE
    assert (due.posts(), due.posts(SECOND)) == ([FIRST], [OTHER])


def test_a_channel_that_refuses(due: World) -> None:
    """It pauses, the others get theirs, and the call has failed."""
    due.slack.archive()
    assert due.fails() == "1 digest posted, 1 reply in threads; 1 message refused, as the log says"
    assert (due.posts(), due.posts(SECOND)) == ([], [OTHER])
    assert due.deliver() == NOTHING


def test_what_slack_says_to_wait_for_is_waited_for(due: World) -> None:
    """Up to two minutes; what is not to be sent for longer is left to the next call."""
    due.slack.fail("chat.postMessage", Fault.ratelimited(30))
    assert due.deliver() == DONE
    assert due.waited == [0, 30, 1]
    due.follow("lora")
    due.follow("moe", SECOND)
    monday = MONDAY + timedelta(days=7)
    due.now, due.waited = monday, []
    due.slack.fail("chat.postMessage", Fault.ratelimited(121))
    assert (
        due.fails(monday) == f"{NOTHING}; 2 digests still to be finished: call again, or leave it to the bot"
    )
    due.now += timedelta(seconds=121)
    assert due.deliver(monday) == DONE


@pytest.mark.parametrize("fault", [Fault.dropped(), Fault.dropped(done=True), Fault.outage(503, done=True)])
def test_what_nobody_knows_is_looked_for(due: World, fault: Fault) -> None:
    """In the same call, once it has settled; each digest is posted once, and counted."""
    due.slack.fail("chat.postMessage", fault)
    assert due.deliver() == DONE
    assert (due.posts(), due.posts(SECOND)) == ([FIRST], [OTHER])
    assert sum(due.waited) == 31


def test_another_process_at_it(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for; where it does not end nothing is posted."""
    monkeypatch.setattr(deliver, "PATIENCE", 0)
    with holder(due.db):
        assert due.fails() == "another Paperboy is delivering digests; try again in a minute"
        assert due.rows()["decided"] == []
    assert due.deliver() == DONE


def test_stopping_ends_between_two_posts(due: World) -> None:
    """What is left, claimed or not, is for the next call."""

    def stop(call: Call) -> None:
        if call.method == "chat.postMessage":
            due.stop.set()

    due.slack.fail_by(stop)
    assert due.fails() == (
        "1 digest posted, 0 replies in threads;"
        " 2 digests still to be finished: call again, or leave it to the bot"
    )
    due.slack.clear_faults()
    due.stop.clear()
    assert due.deliver() == "1 digest posted, 2 replies in threads"
    assert (due.posts(), due.posts(SECOND)) == ([FIRST], [OTHER])


def test_beside_a_bot_that_runs(due: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both deliver what is due, and each digest comes once, with its thread."""
    monkeypatch.setattr(claiming, "PACE", 0.0)  # the bot's clock stands still
    with running(settings_for(due.slack, due.db, app_token=due.slack.app_token), lambda: MONDAY):
        due.deliver()
    assert (due.posts(), due.posts(SECOND)) == ([FIRST], [OTHER])
    assert [row[7] for row in due.rows()["delivery"]] == ["done", "done"]
