"""The first words, and the bot's direct messages, in a real socket."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, BEN, BOT, IM, READING, SAFETY, Fault, LocalSlack
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import Json, buttons, press

OPENED = {"type": "app_home_opened", "user": ANA, "channel": IM, "tab": "messages", "event_ts": "1.2"}
WELCOME = [
    "I search 382 papers and bring channels the new ones.",
    "In any channel: `/paper backdoor instruction tuning`",
    "Or tell me here what you are looking for. More: `/paper help`",
]


@pytest.fixture
def app() -> Iterator[ExitStack]:
    """Yield what ends the app when it is closed: by then all that came has been answered."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def slack(library: Library, db: Path, app: ExitStack) -> Iterator[LocalSlack]:
    """Yield a local Slack that outlives its app."""
    with LocalSlack(scopes=SCOPES) as slack:
        app.enter_context(answering(slack, library, db))
        yield slack
        app.close()


def settled(slack: LocalSlack, app: ExitStack) -> list[str]:
    """End the app; return what it has said in Ana's conversation."""
    app.close()
    return [each["text"] for each in slack.messages(IM) if each["bot"]]


def test_the_first_opening_is_welcomed_once(slack: LocalSlack, app: ExitStack) -> None:
    """Not the second, nor an event that Slack sends again."""
    slack.open_messages()
    slack.wait_for_message("I search", channel=IM)
    slack.resend()
    slack.open_messages()
    assert settled(slack, app) == ["\n".join(WELCOME)]


def test_a_restart_does_not_welcome_again(library: Library, db: Path) -> None:
    """Whoever was greeted is remembered; somebody else is greeted."""
    with LocalSlack(scopes=SCOPES) as slack:
        for _ in range(2):
            with answering(slack, library, db):
                slack.open_messages()
                slack.wait_for_message("I search", channel=IM)
        with answering(slack, library, db):
            slack.open_messages(user=BEN)
            slack.wait_for(
                lambda each: [call for call in each.calls if call.method == "chat.postMessage"][1:]
            )
        posts = [call for call in slack.calls if call.method == "chat.postMessage"]
    assert [post.args["channel"] == IM for post in posts] == [True, False]


@pytest.mark.parametrize(
    ("fault", "tries"), [(Fault.ratelimited(), 2), (Fault.dropped(), 1), (Fault.dropped(done=True), 1)]
)
def test_a_refused_welcome_comes_next_time(library: Library, db: Path, fault: Fault, tries: int) -> None:
    """Where Slack refused it, the next opening tries again; where nobody knows, none does."""
    with LocalSlack(scopes=SCOPES) as slack:
        slack.fail("chat.postMessage", fault)
        for _ in range(3):
            with answering(slack, library, db):
                slack.open_messages()
        assert [call.method for call in slack.calls].count("chat.postMessage") == tries


def test_the_home_tab_is_no_first_opening(slack: LocalSlack, app: ExitStack) -> None:
    """Only the messages are."""
    slack.event({**OPENED, "tab": "home"})
    assert settled(slack, app) == []


def test_whoever_invites_the_bot_is_told(slack: LocalSlack, app: ExitStack) -> None:
    """To them alone, once."""
    slack.invite(user=BEN)
    message = slack.wait_for_message("Ready.", channel=READING, user=BEN)
    assert (message["ephemeral"], message["text"]) == (
        True,
        "Ready. Follow a topic here: `/paper subscribe backdoor attacks weekly on mondays at 9am`",
    )
    slack.resend()
    settled(slack, app)
    assert slack.messages(READING, user=BEN) == [message]


@pytest.mark.parametrize("event", [{"user": BOT}, {"user": BEN, "inviter": ANA}])
def test_other_arrivals_are_passed_over(slack: LocalSlack, app: ExitStack, event: Json) -> None:
    """The bot that comes by itself has nobody to tell, and others are none of its business."""
    slack.event({"type": "member_joined_channel", "channel": SAFETY, "channel_type": "C", **event})
    settled(slack, app)
    assert [call.method for call in slack.calls if call.method.startswith("chat.")] == []


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("lora moe", "*lora moe* · 2 papers have every word"),
        ("backdor atack", "Did you mean *backdoor attack*?"),
        ("show <https://arxiv.org/abs/2305.14710>", "Source: "),
        ("similar 2305.14710", "· 1–5 of"),
        ("bib 2305.14710", "BibTeX of 1 paper"),
        ("status", "*382 papers* from"),
        ("hlep", "Did you mean `/paper help`?"),
        ("show", "Show which paper?"),
        ("the of", "There is no word to search for"),
    ],
)
def test_what_is_typed_to_the_bot_is_answered_there(
    slack: LocalSlack, app: ExitStack, typed: str, part: str
) -> None:
    """As if it stood behind /paper, and once, though Slack sends it again."""
    slack.say(typed, channel=IM)
    message = slack.wait_for_message(part, channel=IM)
    assert message["ephemeral"] is False
    assert "Share here" not in (buttons(message) if "blocks" in message else {})
    slack.resend()
    assert settled(slack, app) == [message["text"]]


def test_buttons_work_in_direct_messages(slack: LocalSlack) -> None:
    """The suggested search takes the note's place."""
    slack.say("backdor atack", channel=IM)
    press(slack, slack.wait_for_message("Did you mean", channel=IM), "Search backdoor attack")
    assert slack.wait_for_message("*backdoor attack* · 4 papers", channel=IM)["ephemeral"] is False


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast", "me_message"])
def test_what_slack_makes_of_words_is_undone(slack: LocalSlack, app: ExitStack, subtype: str | None) -> None:
    """A link to a paper, the bot's own name; whether or not the words came with a file."""
    text = f"<@{BOT}> show <https://arxiv.org/abs/2305.14710|arxiv.org/abs/2305.14710>"
    event = {"type": "message", "text": text, "channel": IM, "channel_type": "im", "ts": "1.2", "user": ANA}
    assert slack.event(event | ({"subtype": subtype} if subtype else {})).acknowledged
    message = slack.wait_for_message("Instructions as Backdoors", channel=IM)
    assert settled(slack, app) == [message["text"]]


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("<#C0SAFETY01|lora> moe", "*lora moe* · 2 papers have every word"),
        ("<https://example.com/x|lora> moe &lt;b&gt;", "*lora moe &lt;b&gt;* · "),
    ],
)
def test_other_markup_is_searched_as_it_was_seen(slack: LocalSlack, text: str, head: str) -> None:
    """A channel's name, a link's label, and what was typed in brackets."""
    slack.event(
        {"type": "message", "text": text, "channel": IM, "channel_type": "im", "ts": "1.2", "user": ANA}
    )
    assert slack.wait_for_message(head, channel=IM)["ephemeral"] is False


def test_what_no_person_said_is_passed_over(slack: LocalSlack, app: ExitStack) -> None:
    """Edits, other bots, and channels."""
    said = {"type": "message", "text": "lora", "channel": IM, "channel_type": "im", "ts": "1.2"}
    for event in (
        {**said, "subtype": "message_changed"},
        {**said, "subtype": "message_deleted", "user": ANA},
        {**said, "subtype": "bot_message", "user": ANA},
        {**said, "subtype": "file_share", "user": ANA, "text": ""},
        {**said, "user": BEN, "bot_id": "B1"},
        {**said, "user": ANA, "channel": SAFETY, "channel_type": "channel"},
        {**said, "user": BOT},
    ):
        assert slack.event(event).acknowledged
    assert settled(slack, app) == []


def test_a_restart_between_two_deliveries_answers_once(seeded: Path, db: Path) -> None:
    """An event that comes again is known."""
    said = {"type": "message", "text": "lora", "channel": IM, "channel_type": "im", "ts": "1.2", "user": ANA}
    with LocalSlack(scopes=SCOPES) as slack:
        for _ in range(2):
            with answering(slack, Library.at(seeded, [], lambda: LOADED_AT), db):
                slack.event(said, event_id="Ev1")
                slack.wait_for_message("*lora* ·", channel=IM)
        assert len([each for each in slack.messages(IM) if each["bot"]]) == 1
