"""Following, changing and ending topics by commands, in a real socket."""

import logging
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.digest.following import Following
from bot.errors import UserError
from bot.library import Library
from bot.playground import (
    ANA,
    ARCHIVED,
    BEN,
    DIRECT,
    IM,
    PRIVATE,
    READING,
    SAFETY,
    SHARED,
    TEAM,
    Fault,
    LocalSlack,
)
from bot.slack.places import look
from bot.slack.scene import Scene
from bot.store import Store
from bot.topics import Person, Place, Wish
from tests.conftest import LOADED_AT
from tests.slack.deeds import buttons, press, told
from tests.slack.test_answers import interaction, signed
from tests.slack.test_lists import pressing

ADDED = (
    "ana added topic 1: *backdoor attacks* · Mon–Fri 09:00 Europe/London · up to 5 papers · first: Mon 23 Nov"
    " · undo: `/paper unsubscribe 1`"
)
SUBSCRIBE = "subscribe backdoor attacks weekdays at 09:00"


def test_subscribing_is_told_to_the_channel_and_shown_to_the_asker(lab: LocalSlack) -> None:
    """One line for everybody; what the first digest brings for the asker alone."""
    lab.command(SUBSCRIBE)
    preview = lab.wait_for_message("match today", user=ANA)
    assert [each["text"] for each in lab.messages(user=BEN)] == [ADDED]
    assert preview["text"].splitlines() == [
        "4 of 382 papers match today; the first digest brings them:",
        "• Instructions as Backdoors: Backdoor Vulnerabilities of Instruction Tuning for Large Language"
        " Models",
        "• Backdoor Activation Attack: Attack Large Language Models using Activation Steering for"
        " Safety-Alignment",
        "• Spinning Language Models: Risks of Propaganda-As-A-Service and Countermeasures",
        "• Latent Adversarial Training Improves Robustness to Persistent Harmful Behaviors in LLMs",
        "Then only new arrivals; silence when there are none. No weekly rate yet: every paper arrived on"
        " 21 Nov.",
    ]
    assert list(buttons(preview)) == ["Edit topic", "Skip these, only new ones"]


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("subscribe language models", ":warning: That is a third of all papers or more. A word more would"),
        ("subscribe quantum attacks", ":warning: No paper has *quantum*."),
        ("subscribe one two three backdoor attack model data", "or fewer match more surely."),
        ("subscribe zebrafish", "None of 382 papers matches today. The first digest comes when a new one"),
        ("subscribe reward models", "12 of 382 papers match today; the first digest brings the best 5:"),
    ],
)
def test_what_could_be_better_about_a_topic_is_said(lab: LocalSlack, typed: str, part: str) -> None:
    """To the asker, under the preview."""
    assert part in told(lab, typed, "today")


def test_subscribing_again_changes_or_keeps(lab: LocalSlack) -> None:
    """The same in other words is the same topic; the channel hears only of changes."""
    told(lab, SUBSCRIBE, "match today")
    assert told(lab, "subscribe backdoor attack top 3", "follows that already") == (
        "This channel follows that already. ana changed topic 1: *backdoor attacks* · Mon–Fri 09:00"
        " Europe/London · up to 3 papers · next: Mon 23 Nov"
        " · undo: `/paper edit 1 weekdays at 09:00 in Europe/London top 5 normal`"
    )
    assert told(lab, "subscribe attack backdoor", "has that already") == (
        "This channel has that already, as topic 1: *backdoor attacks* · Mon–Fri 09:00 Europe/London"
        " · up to 3 papers · next: Mon 23 Nov"
    )
    assert len(lab.messages(user=BEN)) == 2


def test_a_paused_topic_that_is_followed_again_goes_on(lab: LocalSlack) -> None:
    """And its line says so."""
    told(lab, SUBSCRIBE, "match today")
    told(lab, "pause 1", "paused topic")
    assert " · resumed · next: Mon 23 Nov · " in told(lab, SUBSCRIBE, "follows that already")


def test_each_deed_names_who_did_it_and_the_undo(lab: LocalSlack) -> None:
    """Anyone may; each undo brings back what was there."""
    told(lab, SUBSCRIBE, "match today")
    lines = [
        told(lab, "edit 1 daily at 9pm in berlin strict", "changed", user=BEN),
        told(lab, "edit 1 weekdays at 09:00 in Europe/London top 5 normal", "changed"),
        told(lab, "pause 1", "paused", user=BEN),
        told(lab, "resume 1", "resumed"),
        told(lab, "unsubscribe 1", "removed", user=BEN),
    ]
    assert lines == [
        "ben changed topic 1: *backdoor attacks* · every day 21:00 Europe/Berlin · up to 5 papers · strict"
        " · next: Sat 21 Nov · undo: `/paper edit 1 weekdays at 09:00 in Europe/London top 5 normal`",
        "ana changed topic 1: *backdoor attacks* · Mon–Fri 09:00 Europe/London · up to 5 papers"
        " · next: Mon 23 Nov · undo: `/paper edit 1 every day at 21:00 in Europe/Berlin top 5 strict`",
        "ben paused topic 1: *backdoor attacks* · undo: `/paper resume 1`",
        "ana resumed topic 1: *backdoor attacks* · next: Mon 23 Nov · undo: `/paper pause 1`",
        "ben removed topic 1: *backdoor attacks*"
        " · undo: `/paper subscribe backdoor attacks weekdays at 09:00 in Europe/London top 5 normal`",
    ]


def test_other_words_are_shown_to_whoever_typed_them(lab: LocalSlack) -> None:
    """What they match, and how to have the old ones back."""
    told(lab, SUBSCRIBE, "match today")
    line = told(lab, "edit 1 prompt injection", "changed")
    assert "undo: `/paper edit 1 backdoor attacks weekdays at 09:00 in Europe/London top 5 normal`" in line
    preview = lab.wait_for_message("*1 prompt injection* · next Mon 23 Nov", user=ANA)
    assert (preview["ephemeral"], "4 of 382 papers match today" in preview["text"]) == (True, True)


def test_all_topics_end_with_a_line_each_to_bring_them_back(lab: LocalSlack) -> None:
    """One message, for everybody."""
    told(lab, SUBSCRIBE, "match today")
    told(lab, "subscribe length bias monthly on the 31st at noon", "match today")
    assert told(lab, "unsubscribe all", "removed").splitlines() == [
        "ana removed 2 topics; each line brings one back:",
        "1 `/paper subscribe backdoor attacks weekdays at 09:00 in Europe/London top 5 normal`",
        "2 `/paper subscribe length bias monthly on the last day at 12:00 in Europe/London top 5 normal`",
    ]
    assert told(lab, "unsubscribe all", "follows") == "This channel follows no topic."


def test_numbers_are_never_reused(lab: LocalSlack) -> None:
    """A topic that ended keeps its own."""
    told(lab, SUBSCRIBE, "match today")
    told(lab, "unsubscribe backdoor attack", "removed topic 1")
    assert told(lab, SUBSCRIBE, "added").startswith("ana added topic 2: ")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("pause 7", "There is no topic 7 here. This channel follows 1 backdoor attacks."),
        ("resume 1", "Topic 1 is not paused."),
        ("preview 7", "There is no topic 7 here. This channel follows 1 backdoor attacks."),
        ("edit 7 daily", "There is no topic 7 here. This channel follows 1 backdoor attacks."),
        ("unsubscribe 7", "There is no topic 7 here. This channel follows 1 backdoor attacks."),
        ("unsubscribe lora", "This channel does not follow lora. This channel follows 1 backdoor attacks."),
        ("pause 1a", "1a is no topic's number. For example: `/paper pause 1`"),
        (
            "subscribe the of",
            "There is no word to search for: very common words and punctuation are left out.",
        ),
        (
            "preview lora top 0",
            "top 0 is not possible: write top 1 to top 20. For example: `/paper preview lora",
        ),
        (
            "subscribe lora in berln at 9",
            "berln names no time zone that I know. Did you mean Europe/Berlin? `/paper subscribe lora in"
            " Europe/Berlin at 9`",
        ),
        ("subscribe weekdays at 9", "Say first what to look for, for example:"),
        ("edit 1 the of", "There is no word to search for: very common words and punctuation are left out."),
        ("edit 1 at 25:00", "at 25:00 is no time. Name one as in 9am, 9:30 pm or 21:00, for example:"),
        ("unsubscribe", "Unsubscribe from what? From a topic, its number, or all; for example:"),
        ("preview", "Preview what? A topic, or the number of one of this channel's; for example:"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_asker(lab: LocalSlack, typed: str, said: str) -> None:
    """Kindly, and nothing changes."""
    told(lab, SUBSCRIBE, "match today")
    assert told(lab, typed, said[:20]).startswith(said)
    assert [each["text"] for each in lab.messages(user=BEN)] == [ADDED]


def test_a_preview_is_for_the_asker_alone(lab: LocalSlack) -> None:
    """Of a topic, and of what may be followed, with a button that does."""
    told(lab, SUBSCRIBE, "match today")
    assert told(lab, "preview 1", "*1 backdoor").splitlines()[:2] == [
        "*1 backdoor attacks* · next Mon 23 Nov",
        "4 of 382 papers match today; the next digest would bring them:",
    ]
    assert told(lab, "preview length bias top 1", "*length").splitlines()[:2] == [
        "*length bias*",
        "2 of 382 papers match today; the first digest would bring the best 1:",
    ]
    assert list(buttons(lab.messages(user=ANA)[-1])) == ["Follow this topic"]
    assert len(lab.messages(user=BEN)) == 1


def test_markup_in_a_topic_is_text(lab: LocalSlack) -> None:
    """Nobody is pinged, and nothing is formatted."""
    line = told(lab, "subscribe lora <!channel> *x* `y` <@U0BEN00001>", "added")
    assert "*lora &lt;!channel&gt; ∗x∗ ˋyˋ &lt;@U0BEN00001&gt;*" in line
    assert "<!" not in str(lab.messages(user=ANA))
    assert "<@" not in str(lab.messages(user=ANA))


def test_the_bot_joins_a_public_channel(lab: LocalSlack) -> None:
    """So that digests can come."""
    told(lab, SUBSCRIBE, "added", channel=READING)
    assert "U0PAPERBOY" in lab.workspace.channels[READING].members


def test_another_organisation_is_pointed_out(lab: LocalSlack) -> None:
    """To the asker; the topic is followed."""
    assert told(lab, SUBSCRIBE, "match today", channel=SHARED).splitlines()[-1] == (
        "This channel is shared with another organization, whose people will see the digests as well."
    )


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (PRIVATE, "I am not in this channel. Please invite me, and then ask again: `/invite @paperboy`"),
        (DIRECT, "I cannot follow topics in a conversation between people, where apps do not belong."),
    ],
)
def test_where_the_bot_is_not_it_says_what_to_do(lab: LocalSlack, channel: str, said: str) -> None:
    """Before anything is stored."""
    assert told(lab, SUBSCRIBE, said[:20], channel=channel).startswith(said)
    assert told(lab, "topics", "nothing yet", channel=channel)


def test_an_archived_channel_is_named_as_such(lab: LocalSlack) -> None:
    """Slack refuses to join it."""
    lab.workspace.channels[ARCHIVED].is_archived = False
    lab.fail("conversations.info", Fault("is_archived"))
    assert told(lab, SUBSCRIBE, "archived", channel=ARCHIVED) == (
        "This channel is archived, so no digests can come here. Ask again in one that is in use."
    )


@pytest.mark.parametrize(
    ("method", "fault", "said"),
    [
        ("conversations.info", Fault.ratelimited(), "Slack is busy; please try again in a minute."),
        ("conversations.info", Fault.dropped(), "Slack does not answer just now. Nothing has changed;"),
        ("conversations.info", Fault("missing_scope"), "Slack does not let me look where this would go:"),
        ("conversations.join", Fault.dropped(), "Slack does not answer just now. Nothing has changed;"),
        ("conversations.join", Fault("restricted_action"), "I am not in this channel. Please invite me,"),
    ],
)
def test_slacks_refusals_are_told_kindly(lab: LocalSlack, method: str, fault: Fault, said: str) -> None:
    """And nothing is followed."""
    lab.fail(method, fault)
    assert told(lab, SUBSCRIBE, said[:20], channel=READING).startswith(said)
    assert told(lab, "topics", "nothing yet", channel=READING)


def test_without_a_zone_from_slack_the_setting_counts(lab: LocalSlack) -> None:
    """And the handle that came with the command."""
    lab.fail("users.info", Fault.outage(500))
    assert told(lab, "subscribe lora", "match today").endswith(
        "\nI could not see your time zone, so this is UTC; change it with `/paper edit 1 in Europe/Berlin`"
    )
    assert "ana added topic 1: *lora* · Mondays 09:00 UTC · " in lab.messages(user=BEN)[0]["text"]
    lab.fail("users.info", Fault.outage(500))
    assert "time zone" not in told(lab, "subscribe length bias in berlin", "match today")


def test_a_deed_that_cannot_be_told_stands(lab: LocalSlack) -> None:
    """The asker hears that it is done, and the next one sees it."""
    told(lab, SUBSCRIBE, "match today")
    lab.fail("response_url", Fault.outage(500))
    assert told(lab, "pause 1", "That is done").splitlines() == [
        "That is done, but Slack did not say whether it told the channel:",
        "ana paused topic 1: *backdoor attacks* · undo: `/paper resume 1`",
    ]
    assert "paused by ana" in told(lab, "topics", "1 topic")


def test_what_the_response_url_does_not_take_the_bot_posts(lab: LocalSlack) -> None:
    """A deed is told in any way there is, and nobody is asked to try again."""
    lab.fail("response_url", Fault.ratelimited(), times=3)
    lab.command(SUBSCRIBE)
    lab.wait_for_message("match today", user=ANA)
    lab.command("unsubscribe 1")
    lab.wait_for_message("ana removed topic 1")
    seen = [(each["text"].partition(" ")[0], each["ephemeral"]) for each in lab.messages(user=ANA)]
    assert seen == [("ana", False), ("4", True), ("ana", False)]


@pytest.mark.parametrize("urls", [1, 2])
def test_a_deed_that_the_channel_surely_was_not_told_stands(lab: LocalSlack, urls: int) -> None:
    """The asker hears so, by the response URL or by the bot's own message."""
    told(lab, SUBSCRIBE, "match today")
    lab.fail("response_url", Fault.ratelimited(), times=urls)
    lab.fail("chat.postMessage", Fault("restricted_action"))
    assert told(lab, "pause 1", "That is done").splitlines() == [
        "That is done, but the channel could not be told:",
        "ana paused topic 1: *backdoor attacks* · undo: `/paper resume 1`",
    ]
    assert "paused by ana" in told(lab, "topics", "1 topic")


def test_what_may_be_in_the_channel_is_not_posted_again(lab: LocalSlack) -> None:
    """Slack did not say whether it took it."""
    told(lab, SUBSCRIBE, "match today")
    lab.fail("response_url", Fault.dropped(done=True))
    told(lab, "pause 1", "That is done, but Slack did not say whether")
    assert ["paused" in each["text"] for each in lab.messages(user=BEN)] == [False, True]


def test_a_deed_that_nobody_can_be_told_is_in_the_log(
    lab: LocalSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """And in the list."""
    told(lab, SUBSCRIBE, "match today")
    for method, times in (("response_url", 2), ("chat.postMessage", 1), ("chat.postEphemeral", 1)):
        lab.fail(method, Fault.ratelimited(), times=times)
    lab.command("pause 1")
    lab.wait_for(lambda each: [call for call in each.calls if call.method == "chat.postEphemeral"])
    assert "paused by ana" in told(lab, "topics", "1 topic")
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "a deed is stored, and the channel may not know: chat_postMessage: ratelimited",
        "a deed is stored, and the asker may not know: chat_postEphemeral: ratelimited",
    ]


def test_a_topics_words_are_not_logged(lab: LocalSlack, caplog: pytest.LogCaptureFixture) -> None:
    """What people look for is their own."""
    caplog.set_level(logging.INFO)
    lab.fail("response_url", Fault.outage(500))
    told(lab, "subscribe zebrafish", "That is done")
    assert [record for record in caplog.records if "zebrafish" in record.getMessage()] == []


def test_topics_are_those_of_the_channel(lab: LocalSlack) -> None:
    """Another channel's numbers mean nothing here."""
    told(lab, SUBSCRIBE, "match today")
    for which in ("1", "zebra", "all"):
        assert told(lab, f"unsubscribe {which}", "no topic", channel=READING) == (
            "This channel follows no topic."
        )
    assert told(lab, "topics", "*1 topic").startswith(
        "*1 topic in #safety* · next digest Mon 23 Nov 09:00 Europe/London\n"
    )


def test_skipping_leaves_only_what_is_new(lab: LocalSlack) -> None:
    """The preview goes; the channel, whose topic it is, hears of it once."""
    told(lab, SUBSCRIBE, "match today")
    preview = lab.messages(user=ANA)[-1]
    press(lab, preview, "Skip these, only new ones")
    line = lab.wait_for_message("ana: topic 1 brings only papers that arrived since it was added")
    lab.wait_for(lambda each: preview not in each.messages(user=ANA))
    assert "would bring" not in told(lab, "preview 1", "*1 backdoor")
    payload = pressing(lab, preview["ts"], buttons(preview)["Skip these, only new ones"])
    assert interaction(lab, payload) == 200
    lab.wait_for_message("Topic 1 already brings only papers that arrived since it was added.", user=ANA)
    assert lab.messages(user=BEN)[1:] == [line]


def say(slack: LocalSlack, text: str, part: str) -> str:
    """Type something to the bot; return what it answers with this part."""
    after = max([each["ts"] for each in slack.messages(IM)], default="")
    slack.say(text, channel=IM)
    return str(slack.wait_for_message(part, channel=IM, after=after)["text"])


def test_topics_can_be_followed_in_the_bots_own_messages(lab: LocalSlack) -> None:
    """As behind /paper; what is for everybody and for the asker both stand there."""
    assert say(lab, "subscribe length bias tuesdays", "added") == (
        "ana added topic 1: *length bias* · Tuesdays 09:00 Europe/London · up to 5 papers · first: Tue 24 Nov"
        " · undo: `/paper unsubscribe 1`"
    )
    lab.wait_for_message("2 of 382 papers match today", channel=IM)
    assert say(lab, "pause 1", "paused").startswith("ana paused topic 1")
    assert say(lab, "topics", "1 topic").startswith(
        "*1 topic here*\n*1 length bias* · paused by ana Sat 21 Nov"
    )
    assert say(lab, "unsubscribe all", "removed").startswith("ana removed topic 1")
    assert told(lab, "subscribe lora", "added topic 2", channel=IM)


@pytest.mark.parametrize(
    ("typed", "part", "label"),
    [("subscribe", "What shall I bring", "Follow a topic"), ("edit 1", "What shall change", "Edit topic")],
)
def test_where_no_window_can_open_a_button_opens_it(
    lab: LocalSlack, typed: str, part: str, label: str
) -> None:
    """A message has no trigger."""
    say(lab, "subscribe length bias", "added")
    say(lab, typed, part)
    press(lab, lab.wait_for_message(part, channel=IM), label)
    assert lab.wait_for(lambda each: each.views())[0]["callback_id"] == "topic.form"


def test_help_and_status_know_the_topics(lab: LocalSlack) -> None:
    """What the channel follows, and its next digest."""
    told(lab, SUBSCRIBE, "match today")
    told(lab, "subscribe safety alignment", "match today")
    assert told(lab, "help", "*Paperboy*").splitlines()[-1] == (
        "This channel follows: 1 *backdoor attacks*, 2 *safety alignment*"
    )
    assert told(lab, "status", "382").splitlines()[2] == "Next digest here: Mon 23 Nov 09:00 Europe/London"
    assert told(lab, "help", "*Paperboy*", channel=READING).splitlines()[-1].startswith("More: ")


def test_two_hundred_topics_are_listed_and_the_next_is_refused(lab: LocalSlack, tmp_path: Path) -> None:
    """In pages; the asker is told what to do."""
    path = tmp_path / "lab.db"
    following = Following(Store(path), Library.at(path, [], lambda: LOADED_AT), lambda: LOADED_AT)
    for number in range(200):
        wish = Wish(f"t{number} " + "<!channel> " * 45)
        following.follow(Place(TEAM, SAFETY), Person(ANA, "ana"), wish, "America/New_York")
    assert told(lab, "topics", "200 topics").startswith("*200 topics in #safety* · 1–10 · next digest Mon 23")
    assert told(lab, "subscribe lora", "This channel").startswith(
        "This channel follows 200 topics, and more would be noise. Unsubscribe one first."
    )
    assert told(lab, "help", "*Paperboy*").endswith(" and 190 more")
    ended = told(lab, "unsubscribe all", "removed 200 topics")
    assert "<!" not in ended
    assert told(lab, "topics", "nothing yet")


def test_another_workspaces_topics_are_its_own(lab: LocalSlack, tmp_path: Path) -> None:
    """Even in a channel of the same id."""
    path = tmp_path / "lab.db"
    following = Following(Store(path), Library.at(path, [], lambda: LOADED_AT), lambda: LOADED_AT)
    following.follow(Place("T2", SAFETY), Person("U2", "eve"), Wish("lora"), "UTC")
    assert told(lab, "topics", "nothing yet")
    assert told(lab, "unsubscribe 1", "no topic") == "This channel follows no topic."


@pytest.mark.parametrize(
    ("topic", "again"),
    [
        ('"papers at 9"', '`/paper subscribe "papers at 9" mondays at 09:00 in UTC top 5 normal`'),
        ("black friday", "`/paper subscribe`"),
    ],
)
def test_an_undo_brings_back_just_what_was_there(
    lab: LocalSlack, tmp_path: Path, topic: str, again: str
) -> None:
    """A line that would be read as another topic is not offered."""
    path = tmp_path / "lab.db"
    following = Following(Store(path), Library.at(path, [], lambda: LOADED_AT), lambda: LOADED_AT)
    following.follow(Place(TEAM, SAFETY), Person(ANA, "ana"), Wish(topic), "UTC")
    assert told(lab, "unsubscribe 1", "removed").partition("undo: ")[2] == again


def test_a_conversation_between_several_people_is_refused_unasked() -> None:
    """Slack names it, and could say no more of it."""
    scene = Scene(Place(TEAM, "C0GROUP001"), ANA, name="mpdm-ana--ben--eve-1")
    with pytest.raises(UserError, match="I cannot follow topics in a conversation between people"):
        look(WebClient(), scene)


def test_a_conversation_between_several_people_gets_no_form(lab: LocalSlack) -> None:
    """For that no call is needed."""
    form = {"command": "/paper", "text": "subscribe", "channel_name": "mpdm-ana--ben--eve-1"}
    url = f"{lab.url}/commands/{TEAM}/{lab.workspace.grants.response_url(SAFETY, ANA, '')}"
    trigger = lab.workspace.grants.trigger(ANA)
    assert signed(lab, {**form, "channel_id": SAFETY, "response_url": url, "trigger_id": trigger}) == 200
    lab.wait_for_message("I cannot follow topics in a conversation between people", user=ANA)
    assert lab.views() == []


def test_a_word_like_a_zone_that_some_paper_has_is_a_topic(lab: LocalSlack) -> None:
    """`in pairs` is one slip from Paris, and means pairs."""
    told(lab, "subscribe attention in pairs weekly", "added topic 1: *attention in pairs*")
