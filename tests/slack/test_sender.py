"""What is sent for digests, in a real socket: each post once, and found again."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.digest.courier import Courier
from bot.digest.following import Following
from bot.digest.sending import Mark, Trouble
from bot.errors import BusyError, Reason, RefusedError, UncertainError
from bot.library import Library
from bot.playground import (
    ANA,
    ARCHIVED,
    BEN,
    IM,
    PRIVATE,
    READING,
    SAFETY,
    TEAM,
    Call,
    Fault,
    LocalSlack,
    MovableClock,
)
from bot.slack import render
from bot.slack.sender import MARGIN, MOST_PAGES, PAGE, ChannelSender, DigestWriter
from bot.store import Store
from bot.topics import Person, Wish
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES
from tests.slack.editions import AT, HERE, NOW, edition, topic

CONTENT = {"text": "5 new papers", "blocks": [{"type": "divider"}]}
MARK, OTHER, REPLY = Mark("d1", 0), Mark("d2", 0), Mark("d1", 1)


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """Yield a local Slack without an app, which grants what the manifest asks for."""
    with LocalSlack(scopes=SCOPES) as slack:
        yield slack


@pytest.fixture
def sender(slack: LocalSlack) -> ChannelSender:
    """Return a sender with the bot's token."""
    return ChannelSender(WebClient(slack.bot_token, base_url=slack.api_url), TEAM)


def methods(slack: LocalSlack) -> list[str]:
    """Return what was called."""
    return [call.method for call in slack.calls]


def test_a_message_is_posted_with_its_mark(slack: LocalSlack, sender: ChannelSender) -> None:
    """Once, without previews of its links; its ts comes back."""
    ts = sender.post(SAFETY, CONTENT, MARK, None)
    (message,) = slack.messages()
    assert (message["ts"], message["text"], message["metadata"]) == (
        ts,
        "5 new papers",
        {"event_type": "paper_digest", "event_payload": {"digest_id": "d1", "part": 0}},
    )
    (call,) = slack.calls
    assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)


def test_a_reply_stands_in_its_thread_alone(slack: LocalSlack, sender: ChannelSender) -> None:
    """It is not shown in the channel as well."""
    parent = sender.post(SAFETY, CONTENT, MARK, None)
    sender.post(SAFETY, CONTENT, REPLY, parent)
    assert [message.get("thread_ts") for message in slack.messages()] == [None, parent]
    assert "reply_broadcast" not in slack.calls[-1].args


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        (Fault.outage(500), 0),
        (Fault.outage(503, done=True), 1),
        (Fault.dropped(), 0),
        (Fault.dropped(done=True), 1),
        (Fault("fatal_error", done=True), 1),
        (Fault("internal_error"), 0),
        (Fault(html="<html>a proxy</html>"), 0),
        (Fault(html='{"ok": true}'), 0),
    ],
    ids=["500", "503 done", "dropped", "dropped done", "fatal done", "internal", "a proxy", "no ts"],
)
def test_what_nobody_knows_is_not_tried_again_and_can_be_found(
    slack: LocalSlack, sender: ChannelSender, fault: Fault, posted: int
) -> None:
    """The history tells whether it is there, for a message and for a reply."""
    parent = sender.post(SAFETY, CONTENT, OTHER, None)
    for mark, thread in ((MARK, None), (REPLY, parent)):
        slack.fail("chat.postMessage", fault)
        with pytest.raises(UncertainError):
            sender.post(SAFETY, CONTENT, mark, thread)
        there = [
            each["ts"]
            for each in slack.messages()
            if each["ts"] != parent and each.get("thread_ts") == thread
        ]
        assert len(there) == posted
        assert [sender.find(SAFETY, mark, 0, thread)] == (there or [None])
    assert methods(slack).count("chat.postMessage") == 3


def test_slack_says_how_long_it_is_busy(slack: LocalSlack, sender: ChannelSender) -> None:
    """For posting and for looking alike; nothing is posted, and nothing is tried again."""
    slack.fail("chat.postMessage", Fault.ratelimited(7))
    slack.fail("conversations.history", Fault.ratelimited(8))
    with pytest.raises(BusyError) as posting:
        sender.post(SAFETY, CONTENT, MARK, None)
    with pytest.raises(BusyError) as looking:
        sender.find(SAFETY, MARK, 0, None)
    assert (posting.value.retry_after, looking.value.retry_after) == (7, 8)
    assert methods(slack) == ["chat.postMessage", "conversations.history"]
    assert slack.messages() == []


@pytest.mark.parametrize(
    ("channel", "code"),
    [(READING, "not_in_channel"), (ARCHIVED, "is_archived"), (PRIVATE, "channel_not_found")],
)
def test_a_channel_that_takes_nothing_says_why(sender: ChannelSender, channel: str, code: str) -> None:
    """In Slack's word, and that it concerns the channel."""
    with pytest.raises(RefusedError) as refused:
        sender.post(channel, CONTENT, MARK, None)
    assert (refused.value.code, refused.value.reason) == (code, Reason.CHANNEL)


@pytest.mark.parametrize(
    ("channel", "closed"),
    [(SAFETY, False), (READING, True), (ARCHIVED, True), (PRIVATE, True), ("C0NOWHERE1", True), (IM, True)],
)
def test_slack_says_which_channels_are_closed(
    slack: LocalSlack, sender: ChannelSender, channel: str, *, closed: bool
) -> None:
    """Those without the bot, archived ones, and what is not there; by one call."""
    assert sender.is_closed(channel) is closed
    assert methods(slack) == ["conversations.info"]


@pytest.mark.parametrize(
    "fault",
    [Fault.ratelimited(7), Fault.outage(503), Fault.dropped(), Fault(html='{"ok": true}')],
    ids=str,
)
def test_a_channel_is_not_closed_while_slack_does_not_say(
    slack: LocalSlack, sender: ChannelSender, fault: Fault
) -> None:
    """Be the bot in it or not; it is not asked again."""
    slack.fail("conversations.info", fault)
    assert not sender.is_closed(READING)
    assert methods(slack) == ["conversations.info"]


def test_a_channel_is_closed_where_nobody_may_look() -> None:
    """What had been said of it stands."""
    with LocalSlack(scopes=[each for each in SCOPES if each != "channels:read"]) as slack:
        assert ChannelSender(WebClient(slack.bot_token, base_url=slack.api_url), TEAM).is_closed(SAFETY)


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked"])
def test_a_workspace_that_lets_nobody_in_says_so(slack: LocalSlack, sender: ChannelSender, code: str) -> None:
    """Whatever is tried."""
    slack.uninstall(code=code)
    with pytest.raises(RefusedError) as posting:
        sender.post(SAFETY, CONTENT, MARK, None)
    with pytest.raises(RefusedError) as looking:
        sender.find(SAFETY, MARK, 0, None)
    refused = [(each.value.code, each.value.reason) for each in (posting, looking)]
    assert refused == [(code, Reason.WORKSPACE)] * 2


def test_blocks_that_slack_refuses_go_out_as_text(
    slack: LocalSlack, sender: ChannelSender, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, with the mark, and as an error in the log; and no third time."""
    sender.post(SAFETY, {"text": "5 new papers", "blocks": [{"type": "nonsense"}]}, MARK, None)
    (message,) = slack.messages()
    assert (message["text"], message.get("blocks")) == ("5 new papers", None)
    assert sender.find(SAFETY, MARK, 0, None) == message["ts"]
    assert [record.levelname for record in caplog.records if record.name == "bot.slack.send"] == ["ERROR"]
    slack.fail("chat.postMessage", Fault("invalid_blocks"), times=2)
    with pytest.raises(RefusedError) as refused:
        sender.post(SAFETY, CONTENT, OTHER, None)
    assert refused.value.reason is Reason.MESSAGE
    assert len(slack.messages()) == 1


@pytest.mark.parametrize("channel", [SAFETY, IM])
def test_only_its_own_mark_is_found(slack: LocalSlack, sender: ChannelSender, channel: str) -> None:
    """Not another digest, another part, nor what people say; the newest of all is enough."""
    slack.say("5 new papers", channel=channel)
    sender.post(channel, CONTENT, OTHER, None)
    sender.post(channel, CONTENT, REPLY, None)
    assert sender.find(channel, MARK, 0, None) is None
    ts = sender.post(channel, CONTENT, MARK, None)
    assert sender.find(channel, MARK, 0, None) == ts


def test_a_thread_is_read_apart(slack: LocalSlack, sender: ChannelSender) -> None:
    """A reply is found in its thread, however many people have replied, and not in the channel."""
    parent = sender.post(SAFETY, CONTENT, MARK, None)
    for _ in range(PAGE):
        slack.workspace.post(SAFETY, BEN, "good", thread_ts=parent)
    ts = sender.post(SAFETY, CONTENT, REPLY, parent)
    assert sender.find(SAFETY, REPLY, float(parent) + 3600, parent) == ts
    assert methods(slack).count("conversations.replies") == 2
    assert sender.find(SAFETY, Mark("d1", 2), 0, parent) is None
    assert sender.find(SAFETY, REPLY, 0, None) is None


def test_a_thread_that_somebody_deleted_has_no_replies(slack: LocalSlack, sender: ChannelSender) -> None:
    """Which is known, so nothing is held for it."""
    parent = sender.post(SAFETY, CONTENT, MARK, None)
    found = slack.workspace.find(SAFETY, parent)
    assert found is not None
    slack.workspace.delete(found)
    assert sender.find(SAFETY, REPLY, 0, parent) is None


@pytest.mark.parametrize(
    ("since", "pages"), [(0.0, 3), (2.0, 3), (1e12, 3)], ids=["all", "some", "clock ahead"]
)
def test_a_busy_channel_is_read_page_by_page(
    slack: LocalSlack, sender: ChannelSender, since: float, pages: int
) -> None:
    """Newest first, back to the time of the claim; a day of it is read whatever our clock says."""
    first = sender.post(SAFETY, CONTENT, MARK, None)
    for _ in range(2 * PAGE + 100):
        slack.workspace.post(SAFETY, BEN, "chat")
    last = sender.post(SAFETY, CONTENT, OTHER, None)
    assert sender.find(SAFETY, OTHER, since, None) == last
    before = methods(slack).count("conversations.history")
    assert sender.find(SAFETY, MARK, since, None) == first
    assert methods(slack).count("conversations.history") - before == pages
    assert all("oldest" not in call.args for call in slack.calls)


@pytest.mark.parametrize("replies", [False, True])
def test_a_look_ends_when_it_is_to_stop(slack: LocalSlack, sender: ChannelSender, *, replies: bool) -> None:
    """Between two pages, and then nobody knows; though the message is on a later one."""
    first = sender.post(SAFETY, CONTENT, OTHER, None)
    thread = first if replies else None
    if not replies:
        sender.post(SAFETY, CONTENT, MARK, None)
    for _ in range(PAGE):
        slack.workspace.post(SAFETY, BEN, "chat", thread_ts=thread)
    if replies:
        sender.post(SAFETY, CONTENT, MARK, thread)
    posted = len(slack.calls)
    with pytest.raises(UncertainError):
        sender.find(SAFETY, MARK, 0, thread, lambda: len(slack.calls) > posted)
    assert methods(slack)[posted:] == ["conversations.replies" if replies else "conversations.history"]
    assert sender.find(SAFETY, MARK, 0, thread) is not None


def test_what_is_older_than_the_claim_is_not_read(slack: LocalSlack, sender: ChannelSender) -> None:
    """A page that goes back a day behind it is the last."""
    clock = MovableClock()
    slack.workspace.clock = clock
    for _ in range(PAGE + 10):
        slack.workspace.post(SAFETY, BEN, "chat")
    clock.move(MARGIN + 60)
    for _ in range(PAGE - 1):
        slack.workspace.post(SAFETY, BEN, "chat")
    since = float(slack.messages()[-1]["ts"])
    assert sender.find(SAFETY, MARK, since, None) is None
    assert methods(slack) == ["conversations.history"]


def test_what_is_too_much_to_read_is_refused(
    slack: LocalSlack, sender: ChannelSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than said not to be there."""
    monkeypatch.setattr("bot.slack.sender.PAGE", 1)
    for _ in range(MOST_PAGES + 1):
        slack.workspace.post(SAFETY, BEN, "chat")
    with pytest.raises(RefusedError) as refused:
        sender.find(SAFETY, MARK, 0, None)
    assert refused.value.code == "history_too_long"
    assert len(slack.calls) == MOST_PAGES


@pytest.mark.parametrize(
    ("scope", "thread", "method"),
    [
        ("channels:history", None, "conversations_history"),
        ("channels:history", "1.2", "conversations_replies"),
    ],
)
def test_a_history_that_may_not_be_read_says_so(scope: str, thread: str | None, method: str) -> None:
    """With the scope that is lacking."""
    with LocalSlack(scopes=[each for each in SCOPES if each != scope]) as slack:
        sender = ChannelSender(WebClient(slack.bot_token, base_url=slack.api_url), TEAM)
        with pytest.raises(RefusedError) as refused:
            sender.find(SAFETY, MARK, 0, thread)
    assert (str(refused.value), refused.value.reason) == (
        f"{method} needs the scope {scope}: missing_scope",
        Reason.SCOPE,
    )


@pytest.mark.parametrize(
    "fault",
    [
        Fault.dropped(),
        Fault.outage(503),
        Fault(html="<html>a proxy</html>"),
        Fault(html='{"ok": true}'),
        Fault(html='{"ok": true, "messages": null}'),
    ],
    ids=str,
)
def test_a_history_that_does_not_come_is_unknown(
    slack: LocalSlack, sender: ChannelSender, fault: Fault
) -> None:
    """On whichever page."""
    for _ in range(PAGE + 1):
        slack.workspace.post(SAFETY, BEN, "chat")

    def second(call: Call) -> Fault | None:
        return fault if call.args.get("cursor") else None

    slack.fail_by(second)
    with pytest.raises(UncertainError):
        sender.find(SAFETY, MARK, 0, None)


def test_an_owner_is_told_in_their_messages(
    library: Library, slack: LocalSlack, sender: ChannelSender
) -> None:
    """By their id; what they read is the writer's."""
    trouble = Trouble(HERE, (topic(1, "tea"),), "is_archived")
    sender.tell(ANA, DigestWriter(library).trouble(trouble))
    assert [message["text"] for message in slack.messages(IM)] == [render.trouble(trouble).text]


def test_the_writer_writes_what_is_rendered(
    library: Library, slack: LocalSlack, sender: ChannelSender
) -> None:
    """A digest and its thread, as Slack takes them; buttons hold the time of the load."""
    shown = edition(library, topic(1, "backdoor attacks"))
    contents = DigestWriter(library).edition(shown, NOW)
    assert contents == [
        {"text": message.text, "blocks": list(message.blocks)} for message in render.digest(shown, NOW, AT)
    ]
    parent = sender.post(SAFETY, contents[0], MARK, None)
    sender.post(SAFETY, contents[1], REPLY, parent)
    assert methods(slack) == ["chat.postMessage"] * 2


@pytest.mark.parametrize("lost", [Fault.dropped(), Fault.dropped(done=True)], ids=["before", "after"])
def test_a_digest_whose_answer_was_lost_comes_once(
    seeded: Path, tmp_path: Path, slack: LocalSlack, sender: ChannelSender, lost: Fault
) -> None:
    """The courier looks for it, even if its clock is days ahead of Slack's, and goes on with the thread."""
    path, now = tmp_path / "paperboy.db", LOADED_AT
    shutil.copy(seeded, path)
    library, store = Library.at(path, [], lambda: LOADED_AT), Store(path)
    Following(store, library, lambda: now).follow(HERE, Person(ANA, "ana"), Wish("prompt injection"), "UTC")
    courier = Courier(store, library, sender, DigestWriter(library), clock=lambda: now)
    now = NOW
    slack.fail("chat.postMessage", lost)
    while (rest := courier.round()) is not None:
        now += timedelta(seconds=rest)
    parent, reply = slack.messages()
    assert parent["text"].startswith("*4 papers*: 1 prompt injection\n")
    assert (parent.get("thread_ts"), reply["thread_ts"]) == (None, parent["ts"])
    assert methods(slack).count("conversations.history") == 1
