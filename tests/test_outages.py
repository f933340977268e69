"""What admins are told of feeds, in the messages of a local Slack, from what a real store knows."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.feed_list import FeedList
from bot.feeds.addresses import feed_of
from bot.outages import Outages
from bot.playground import ANA, BEN, TEAM, Fault, LocalSlack
from bot.slack.sender import PEOPLE, ChannelSender, FeedWriter
from bot.store import Store, deliveries, feeds, once
from bot.store.deliveries import Content
from bot.topics import Person
from tests.slack.conftest import SCOPES

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
CL, CR = "arxiv:cs.CL", "arxiv:cs.CR"
FAILING = "I cannot read {}, and have tried several times:"
POST = "chat.postMessage"


class World:
    """A local Slack, a store, and two feeds that the settings name."""

    def __init__(self, slack: LocalSlack, db: Path) -> None:
        self.slack = slack
        self.store = Store(db)
        self.feeds = FeedList(self.store, [feed_of(CL), feed_of(CR)])
        self.feeds.followed(NOW)

    def outages(self, *admins: str, stops_after: int = 100) -> Outages:
        """Return what tells, as a process has it that starts; it stops after so many messages."""
        sender = ChannelSender(WebClient(self.slack.bot_token, base_url=self.slack.api_url), TEAM)
        return Outages(
            self.store,
            self.feeds,
            sender,
            FeedWriter(),
            frozenset(admins),
            lambda: self.calls(POST) >= stops_after,
        )

    def fare(self, *faults: int, by: Person | None = None) -> None:
        """Let the feeds have failed so often in a row."""
        with self.store.writing() as db:
            for each, times in zip(feeds.every(db), faults, strict=True):
                known = replace(each, faults=times, succeeded=NOW)
                failed = replace(known, failed=NOW, fault="It is gone.") if times else known
                feeds.keep(db, failed)
                if by:
                    feeds.add(db, each.name, by, NOW)

    def told(self, person: str = ANA) -> list[str]:
        """Return the first two lines of each message that a person got."""
        channel = self.slack.workspace.direct(person).id
        return ["\n".join(each["text"].splitlines()[:2]) for each in self.slack.messages(channel)]

    def calls(self, method: str) -> int:
        """Return how often a method was called."""
        return sum(call.method == method for call in self.slack.calls)

    def claims(self) -> Collection[str]:
        """Return what is known to have been told."""
        with self.store.reading() as db:
            return once.keys(db, "told of a feed")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Yield a world in which nothing has failed."""
    with LocalSlack(scopes=SCOPES) as slack:
        yield World(slack, tmp_path / "paperboy.db")


def failing(*names: str) -> str:
    """Return the beginning of what an admin reads of feeds that fail."""
    first = {CL: "1", CR: "2"}[names[0]]
    head = FAILING.format("this feed" if len(names) == 1 else "these feeds")
    fares = "0 papers brought · read just now · failed 3 times in a row, last just now: It is gone."
    return f"{head}\n:warning: *{first}* `{names[0]}` · {fares}"


def test_admins_are_told_once_of_the_third_failure(world: World) -> None:
    """All feeds in one message; nobody else hears of it, and no process tells it again."""
    world.fare(2, 2)
    world.outages().tell(NOW)
    assert world.calls("users.list") == 0
    world.fare(3, 3)
    world.outages().tell(NOW)
    world.fare(4, 5)
    for _ in range(2):
        world.outages().tell(NOW + timedelta(days=30))
    assert world.told() == [failing(CL, CR)]
    assert world.told(BEN) == []
    assert world.calls("users.list") == 1


def test_each_feed_that_fails_later_is_told_of(world: World) -> None:
    """By itself."""
    world.fare(3, 0)
    world.outages().tell(NOW)
    world.fare(4, 3)
    world.outages().tell(NOW)
    assert world.told() == [failing(CL), failing(CR)]


def test_who_heard_that_it_failed_hears_that_it_is_well(world: World) -> None:
    """Once; and of the next failures again. A few that come before are part of the same."""
    for faults in (3, 4, 0, 0, 2, 0, 3, 1, 3, 0):
        world.fare(faults, 0)
        world.outages().tell(NOW)
    well = (
        "This feed is well again:\n*1* `arxiv:cs.CL` · 0 papers brought · read just now"
        " · last failed just now: It is gone."
    )
    assert world.told() == [failing(CL), well, failing(CL), well]
    assert world.claims() == set()


def test_those_in_the_settings_are_told_in_place_of_the_workspaces_admins(world: World) -> None:
    """Slack need not be asked who those are."""
    world.fare(3, 0)
    world.outages(BEN).tell(NOW)
    assert (world.told(), world.told(BEN)) == ([], [failing(CL)])
    assert world.calls("users.list") == 0
    world.fare(0, 0)
    world.outages(ANA).tell(NOW)
    assert (len(world.told()), len(world.told(BEN))) == (0, 2)


def test_whoever_added_a_feed_is_told_of_it(world: World) -> None:
    """Of no other; who is an admin as well is told once."""
    world.fare(3, 3)
    world.feeds = FeedList(world.store, [feed_of(CR)])
    world.feeds.add(feed_of(CL), Person(BEN, "ben"), NOW)
    world.outages().tell(NOW)
    mine = failing(CL).replace("just now · f", "just now · by ben · f")
    assert world.told() == [mine.replace("this feed", "these feeds")]
    assert world.told(BEN) == [mine]


@pytest.mark.parametrize("fault", [Fault.ratelimited(), Fault("invalid_auth")])
def test_what_slack_does_not_take_now_is_told_later(world: World, fault: Fault) -> None:
    """Be it that a feed fails, or that it is well."""
    for faults, many in ((3, 1), (0, 2)):
        world.fare(faults, 0)
        world.slack.fail(POST, fault)
        world.outages().tell(NOW)
        assert len(world.told()) == many - 1
        world.outages().tell(NOW)
        assert len(world.told()) == many


def test_slack_is_left_alone_for_as_long_as_it_asks(world: World) -> None:
    """It is not asked for all people again and again meanwhile."""
    world.fare(3, 0)
    outages = world.outages()
    world.slack.fail("users.list", Fault.ratelimited(30))
    for seconds in (0, 10, 29):
        outages.tell(NOW + timedelta(seconds=seconds))
    assert world.calls("users.list") == 1
    outages.tell(NOW + timedelta(seconds=30))
    assert world.told() == [failing(CL)]


def test_who_has_surely_not_heard_that_it_failed_hears_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the process has died right before it was told."""

    class Killed(BaseException):
        """The process dies here."""

    def killed(*_: object) -> Content:
        raise Killed

    world.fare(3, 0)
    monkeypatch.setattr(FeedWriter, "failing", killed)
    with pytest.raises(Killed):
        world.outages().tell(NOW)
    world.fare(0, 0)
    world.outages().tell(NOW)
    assert (world.told(), world.claims()) == ([], set())


def test_each_feed_is_well_by_itself(world: World) -> None:
    """For each who was told of it; the other one still fails."""
    world.fare(3, 3)
    world.outages(ANA, BEN).tell(NOW)
    world.fare(4, 0)
    world.outages(ANA, BEN).tell(NOW)
    well = "This feed is well again:\n*2* `arxiv:cs.CR` · 0 papers brought · read just now"
    for person in (ANA, BEN):
        assert [each[: len(well)] for each in world.told(person)][1:] == [well]
    assert world.claims() == {"1", f"1 {ANA}", f"1 {BEN}"}


@pytest.mark.parametrize("fault", [Fault.dropped(done=True), Fault("user_not_found")])
def test_what_somebody_may_have_heard_is_not_said_again(world: World, fault: Fault) -> None:
    """Nor what Slack never takes for them; the others are told."""
    world.fare(3, 0)
    world.slack.fail(POST, fault)
    for _ in range(2):
        world.outages(ANA, BEN).tell(NOW)
    assert world.calls(POST) == 2
    assert world.told(BEN) == [failing(CL)]


@pytest.mark.parametrize("fault", [Fault.ratelimited(), Fault.dropped(), Fault("invalid_auth")])
def test_while_slack_does_not_say_who_is_an_admin_it_is_asked_again(world: World, fault: Fault) -> None:
    """Nobody has been told, so nothing is over."""
    world.fare(3, 0)
    world.slack.fail("users.list", fault)
    world.outages().tell(NOW)
    assert world.claims() == set()
    world.outages().tell(NOW)
    assert world.told() == [failing(CL)]


def test_where_nobody_may_ask_who_is_an_admin_the_log_says_what_to_do(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Once; whoever added a feed is told all the same."""
    world.fare(3, 0, by=Person(BEN, "ben"))
    world.slack.fail("users.list", Fault("missing_scope"), times=None)
    for _ in range(2):
        world.outages().tell(NOW)
    assert world.told(BEN) == [failing(CL).replace("read just now", "read just now · by ben")]
    assert [each for each in caplog.messages if "PAPERBOY_ADMINS" in each] == [
        "PAPERBOY_ADMINS can name whom I tell of feeds, for I may not ask:"
        " users_list needs the scope : missing_scope"
    ]


def test_where_nobody_is_an_admin_the_next_outage_is_told_of(world: World) -> None:
    """Once somebody is."""
    people = world.slack.workspace.users
    people[ANA] = replace(people[ANA], is_admin=False)
    for faults in (3, 0):
        world.fare(faults, 0)
        world.outages().tell(NOW)
    people[ANA] = replace(people[ANA], is_admin=True)
    world.fare(3, 0)
    world.outages().tell(NOW)
    assert world.told() == [failing(CL)]


def test_what_a_stop_leaves_is_told_after_the_start(world: World) -> None:
    """To those who have not heard it."""
    for faults, many in ((3, 1), (0, 2)):
        world.fare(faults, 0)
        world.outages(ANA, BEN, stops_after=world.calls(POST) + 1).tell(NOW)
        assert sorted([len(world.told()), len(world.told(BEN))]) == [many - 1, many]
        world.outages(ANA, BEN).tell(NOW)
        assert [len(world.told()), len(world.told(BEN))] == [many, many]


def test_a_workspace_that_does_not_let_the_bot_in_is_told_nothing(world: World) -> None:
    """Until it does."""
    world.fare(3, 0)
    with world.store.writing() as db:
        deliveries.stop(db, TEAM, "token_revoked", NOW)
    world.outages().tell(NOW)
    assert world.slack.calls == []
    with world.store.writing() as db:
        deliveries.start(db, TEAM)
    world.outages().tell(NOW)
    assert world.told() == [failing(CL)]


def test_a_feed_that_is_followed_no_more_is_of_no_interest(world: World) -> None:
    """Whatever it has come to."""
    world.fare(3, 3)
    world.feeds = FeedList(world.store, [])
    world.outages().tell(NOW)
    assert world.slack.calls == []


def test_what_was_told_of_a_removed_feed_is_forgotten(world: World) -> None:
    """Should it be followed again, it is another one."""
    world.fare(3, 0)
    world.outages().tell(NOW)
    world.feeds = FeedList(world.store, [feed_of(CR)])
    world.outages().tell(NOW)
    assert (world.claims(), len(world.told())) == (set(), 1)


def test_all_pages_of_people_are_read(world: World) -> None:
    """An admin may be on any of them; bots, guests and the deleted are none."""
    people = world.slack.workspace.users
    ben = replace(people[BEN], is_admin=True)
    for number in range(PEOPLE):
        people[f"U{number:09}"] = replace(ben, id=f"U{number:09}", is_admin=False)
    people["U9"], people["UA"] = replace(ben, id="U9", deleted=True), replace(ben, id="UA")
    sender = ChannelSender(WebClient(world.slack.bot_token, base_url=world.slack.api_url), TEAM)
    assert sender.admins() == [ANA, "UA"]
    assert world.calls("users.list") == 2
