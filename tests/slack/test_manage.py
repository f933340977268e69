"""Lists of topics, and the window in which they are managed, in a real socket."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, BEN, BOT, READING, SAFETY, Fault, LocalSlack
from bot.slack.buttons import MANAGE
from bot.slack.render.blocks import actions, bare_button
from tests.conftest import LOADED_AT
from tests.slack.conftest import EVENTS, SCOPES, answering
from tests.slack.deeds import Json, buttons, fill, form, press, shown, told


def followed(lab: LocalSlack, *topics: str) -> None:
    """Follow topics."""
    for topic in topics:
        told(lab, f"subscribe {topic}", "today")


def menu(lab: LocalSlack, listed: Json, number: int, choice: str) -> None:
    """Choose something from the ⋯ of a topic in a list."""
    block = [each for each in listed["blocks"] if "accessory" in each][number - 1]
    options = {option["text"]["text"]: option["value"] for option in block["accessory"]["options"]}
    where = {"message_ts": listed["ts"], "channel": listed["channel"], "block_id": block["block_id"]}
    assert lab.click(block["accessory"]["action_id"], value=options[choice], **where).acknowledged


def listing(lab: LocalSlack) -> Json:
    """Return the list of a channel's topics."""
    after = max([each["ts"] for each in lab.messages(user=ANA)], default="")
    assert lab.command("topics").acknowledged
    return lab.wait_for_message(user=ANA, after=after)


def window(lab: LocalSlack, channel: str = SAFETY, user: str = ANA) -> Json:
    """Press Manage topics under a digest; return the window."""
    row = actions(bare_button("Manage topics", MANAGE))
    assert row
    digest = lab.workspace.post(channel, BOT, "5 new papers", [row])
    press(lab, digest.seen, "Manage topics", user)
    return lab.wait_for(lambda each: each.views(user))[-1]


def test_an_empty_list_says_how_to_begin(lab: LocalSlack) -> None:
    """By an example, and a button."""
    message = listing(lab)
    assert message["text"] == (
        "This channel follows nothing yet. For example:"
        " `/paper subscribe backdoor attacks weekly on mondays at 9am`"
    )
    assert list(buttons(message)) == ["Follow a topic"]


def test_a_topics_menu_previews_edits_and_changes(lab: LocalSlack) -> None:
    """What it does is told as if it were typed, and the list shows it."""
    followed(lab, "backdoor attacks")
    listed = listing(lab)
    menu(lab, listed, 1, "Preview")
    assert lab.wait_for_message("would bring them", user=ANA)["ephemeral"] is True
    menu(lab, listed, 1, "Edit")
    lab.close_view(form(lab)["id"])
    menu(lab, listed, 1, "Pause")
    paused = lab.wait_for_message("*1 backdoor attacks* · paused by ana Sat 21 Nov", user=ANA)
    assert paused["ts"] == listed["ts"]
    menu(lab, paused, 1, "Resume")
    resumed = lab.wait_for_message("next digest Mon 23 Nov 09:00", user=ANA)
    menu(lab, resumed, 1, "Unsubscribe")
    lab.wait_for_message("This channel follows nothing yet.", user=ANA)
    assert [each["text"].split(" · ")[0] for each in lab.messages(user=BEN)] == [
        "ana added topic 1: *backdoor attacks*",
        "ana paused topic 1: *backdoor attacks*",
        "ana resumed topic 1: *backdoor attacks*",
        "ana removed topic 1: *backdoor attacks*",
    ]


def test_a_topic_gone_meanwhile_is_said_kindly(lab: LocalSlack) -> None:
    """An old list is no danger: numbers are never reused."""
    followed(lab, "lora", "length bias")
    listed = listing(lab)
    told(lab, "unsubscribe 1", "removed", user=BEN)
    followed(lab, "lora")
    menu(lab, listed, 1, "Unsubscribe")
    assert lab.wait_for_message("There is no topic 1 here.", user=ANA)["text"] == (
        "There is no topic 1 here. This channel follows 2 length bias, 3 lora."
    )
    assert lab.wait_for_message("*3 lora*", user=ANA)["ts"] == listed["ts"]


def test_what_is_refused_in_the_list_is_shown_as_it_is_now(lab: LocalSlack) -> None:
    """Somebody else was quicker; the line that works comes along, if there is one."""
    followed(lab, "lora")
    listed = listing(lab)
    told(lab, "pause 1", "paused topic 1", user=BEN)
    menu(lab, listed, 1, "Pause")
    lab.wait_for_message("Topic 1 is paused already.", user=ANA)
    paused = lab.wait_for_message("*1 lora* · paused by ben", user=ANA)
    assert paused["ts"] == listed["ts"]
    lab.fail("conversations.info", Fault("not_in_channel"))
    menu(lab, paused, 1, "Resume")
    assert lab.wait_for_message("Please invite me", user=ANA)["text"].endswith("`/invite @paperboy`")


def test_ten_topics_a_page(lab: LocalSlack) -> None:
    """In the list and in the window, which go forth and back."""
    followed(lab, *(f"topic{number}" for number in range(11)))
    listed = listing(lab)
    assert listed["text"].startswith(
        "*11 topics in #safety* · 1–10 · next digest Mon 23 Nov 09:00 Europe/London\n*1 topic0*"
    )
    press(lab, listed, "Next")
    second = lab.wait_for_message("*11 topics in #safety* · 11–11", user=ANA)
    assert (second["ts"], list(buttons(second))) == (listed["ts"], ["Previous", "Follow a topic"])
    press(lab, second, "Previous")
    lab.wait_for_message("*11 topics in #safety* · 1–10", user=ANA)
    press(lab, window(lab), "Next")
    press(lab, shown(lab, "· 11–11"), "Unsubscribe")
    assert "*1 topic0*" in str(shown(lab, "*10 topics here*"))


@pytest.mark.parametrize("label", ["Pause", "Unsubscribe"])
def test_the_window_shows_what_was_done(lab: LocalSlack, label: str) -> None:
    """The channel hears of it by a message of the bot's own."""
    followed(lab, "lora", "length bias")
    press(lab, window(lab), label)
    lab.wait_for(lambda each: [view for view in each.views() if "*1 lora* · Mondays" not in str(view)])
    done = {"Pause": "paused", "Unsubscribe": "removed"}[label]
    assert lab.wait_for_message(f"ana {done} topic 1: *lora*")["ephemeral"] is False


def test_unsubscribing_in_the_window_asks_again(lab: LocalSlack) -> None:
    """There is no undo in a window."""
    followed(lab, "lora")
    assert buttons(window(lab))["Unsubscribe"]["confirm"] == {
        "title": {"type": "plain_text", "text": "Unsubscribe from topic 1?", "emoji": False},
        "text": {"type": "plain_text", "text": "Nothing more will come here for lora.", "emoji": False},
        "confirm": {"type": "plain_text", "text": "Unsubscribe", "emoji": False},
        "deny": {"type": "plain_text", "text": "Keep it", "emoji": False},
    }


def test_a_preview_and_the_form_lie_above_the_window(lab: LocalSlack) -> None:
    """What is saved shows in the window below."""
    followed(lab, "lora")
    view = window(lab)
    press(lab, view, "Preview")
    lab.close_view(shown(lab, "would bring")["id"])
    press(lab, lab.views()[-1], "Edit")
    assert fill(lab, form(lab), topic="dialogue") == {}
    assert shown(lab, "*1 dialogue*")["id"] == view["id"]
    assert lab.wait_for_message("ana changed topic 1: *dialogue*")["ephemeral"] is False


def test_an_edit_leads_back_to_its_page(lab: LocalSlack) -> None:
    """The second stays the second."""
    followed(lab, *(f"topic{number}" for number in range(11)))
    press(lab, window(lab), "Next")
    press(lab, shown(lab, "· 11–11"), "Edit")
    assert fill(lab, form(lab), topic="dialogue") == {}
    assert "· 11–11" in str(shown(lab, "*11 dialogue*"))


def test_of_many_presses_at_once_one_pauses(lab: LocalSlack) -> None:
    """By two people, each in their own window; whoever was slower is told, and all end with what there is."""
    followed(lab, "lora")
    views = {user: window(lab, user=user) for user in (ANA, BEN)}
    with ThreadPoolExecutor(4) as fingers:
        list(fingers.map(lambda user: press(lab, views[user], "Pause", user), (ANA, BEN)))
    for user in views:
        lab.wait_for(lambda each, user=user: "paused by" in str(each.views(user)))  # type: ignore[misc]
    lab.wait_for(lambda each: "Topic 1 is paused already." in str([each.views(ANA), each.views(BEN)]))
    lines = lab.wait_for(lambda each: [said for said in each.messages() if "paused topic 1" in said["text"]])
    assert len(lines) == 1


def test_a_window_belongs_to_the_channel_of_its_digest(lab: LocalSlack) -> None:
    """Whatever else is followed elsewhere is neither shown nor changed."""
    followed(lab, "lora")
    told(lab, "subscribe length bias", "added", channel=READING)
    view = window(lab, READING)
    assert "lora" not in str(view)
    press(lab, view, "Unsubscribe")
    lab.wait_for_message("ana removed topic 1: *length bias*", channel=READING)
    assert "*1 lora*" in told(lab, "topics", "1 topic")


@contextmanager
def moved(seeded: Path, path: Path, topics: int, *ids: str) -> Iterator[tuple[LocalSlack, Json]]:
    """Open the window of a channel that follows so many topics, then give it other ids, one after another.

    The app ends each time, so that it has answered; yield the local Slack, and the window.
    """
    shutil.copy(seeded, path)
    library = Library.at(path, [], lambda: LOADED_AT)
    with LocalSlack(scopes=SCOPES, subscribed=EVENTS) as slack:
        with answering(slack, library, path):
            followed(slack, *(f"topic{number}" for number in range(topics)))
            view = window(slack)
        for old, new in pairwise([SAFETY, *ids]):
            with answering(slack, library, path):
                assert [each.acknowledged for each in slack.change_channel_id(old, new)] == [True]
        with answering(slack, library, path):
            yield slack, view


@pytest.mark.parametrize("label", ["Preview", "Edit", "Pause", "Unsubscribe", "Next"])
def test_a_window_of_a_channel_that_has_changed_says_so(seeded: Path, tmp_path: Path, label: str) -> None:
    """Slack gave it another id, under which all its topics go on."""
    with moved(seeded, tmp_path / "lab.db", 11, "C0NEWNAME1") as (slack, view):
        press(slack, view, label)
        notice = shown(slack, "This channel has changed")
        assert [block["text"]["text"] for block in notice["blocks"]] == [
            "This channel has changed, and this window knows the old one."
            " Please close it, and ask again with /paper."
        ]
        listed = told(slack, "topics", "*11 topics", channel="C0NEWNAME1")
        assert listed.count("· Mondays 09:00") == 10


def test_a_window_of_a_channel_that_has_its_id_back_serves_on(seeded: Path, tmp_path: Path) -> None:
    """Its topics are there again."""
    with moved(seeded, tmp_path / "lab.db", 1, "C0NEWNAME1", SAFETY) as (slack, view):
        press(slack, view, "Pause")
        assert slack.wait_for_message("ana paused topic 1: *topic0*")["ephemeral"] is False


def test_a_deed_in_the_window_that_cannot_be_told_is_shown_there(lab: LocalSlack) -> None:
    """It stands."""
    followed(lab, "lora")
    view = window(lab)
    lab.fail("chat.postMessage", Fault("restricted_action"))
    press(lab, view, "Pause")
    notice = shown(lab, "That is done, but the channel could not be told:")
    assert "ana paused topic 1: *lora*" in str(notice)
    assert "paused by ana" in str(lab.views()[0])


def test_a_deed_in_the_window_that_no_window_shows_is_told_in_the_channel(lab: LocalSlack) -> None:
    """To the one who did it."""
    followed(lab, "lora")
    view = window(lab)
    lab.fail("chat.postMessage", Fault.ratelimited())
    lab.fail("views.push", Fault("expired_trigger_id"))
    lab.fail("views.update", Fault.ratelimited(), times=2)
    press(lab, view, "Pause")
    note = lab.wait_for_message("That is done, but the channel could not be told:", user=ANA)
    assert note["ephemeral"] is True


def test_a_busy_slack_loses_no_deed(lab: LocalSlack) -> None:
    """The window stays as it was; the channel is told."""
    followed(lab, "lora")
    view = window(lab)
    lab.fail("views.update", Fault.ratelimited())
    press(lab, view, "Pause")
    assert lab.wait_for_message("ana paused topic 1: *lora*")["ephemeral"] is False
