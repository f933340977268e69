"""The form in which a topic is written, in a real socket."""

import shutil
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, BEN, DIRECT, PRIVATE, READING, SAFETY, Fault, LocalSlack
from bot.slack.forms import Form, metadata_of
from bot.slack.render.forms import PREVIEW
from bot.store import Store, topics
from tests.conftest import LOADED_AT
from tests.slack.conftest import EVENTS, SCOPES, answering
from tests.slack.deeds import Json, buttons, fill, form, press, said, told
from tests.slack.test_answers import interaction


def blank(lab: LocalSlack) -> Json:
    """Open the form by /paper subscribe."""
    assert lab.command("subscribe").acknowledged
    return form(lab)


def held(view: Json) -> dict[str, object]:
    """Return what a form's fields hold."""
    values = view["state"]["values"]
    return {
        field: next(value for name, value in actions[field].items() if name != "type")
        for field, actions in values.items()
    }


def test_the_form_begins_with_what_is_usual(lab: LocalSlack) -> None:
    """Mondays at nine, five papers, normal; the form waits for no call, so it does not know the zone."""
    view = blank(lab)
    assert [call.method for call in lab.calls if call.method != "auth.test"] == ["views.open"]
    assert (view["title"]["text"], view["submit"]["text"]) == ("Follow a topic", "Follow")
    values = held(view)
    assert [option["value"] for option in values.pop("days")] == ["0"]  # type: ignore[attr-defined]
    assert [values.pop(name)["value"] for name in ("top", "strictness")] == ["5", "normal"]  # type: ignore[index]
    assert values == {"topic": None, "month": None, "at": "09:00", "zone": None}


def test_what_is_filled_in_is_followed(lab: LocalSlack) -> None:
    """As the command would: a line for the channel, a preview for the asker."""
    fields = {"days": ["1", "3"], "at": "17:30", "zone": "berlin", "top": "7", "strictness": "broad"}
    assert fill(lab, blank(lab), topic="“backdoor  attacks", **fields) == {}
    assert lab.wait_for_message("added", user=BEN)["text"] == (
        'ana added topic 1: *"backdoor attacks* · Tue, Thu 17:30 Europe/Berlin · up to 7 papers · broad'
        " · first: Tue 24 Nov · undo: `/paper unsubscribe 1`"
    )
    assert lab.wait_for_message("match today", user=ANA)["ephemeral"] is True
    assert lab.views() == []


def test_once_a_month(lab: LocalSlack) -> None:
    """On a day of the month, without days of the week."""
    assert fill(lab, blank(lab), topic="lora", days=[], month="31") == {}
    assert "*lora* · last day of the month 09:00 Europe/London" in lab.wait_for_message("added")["text"]


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"topic": "  "}, {"topic": "Say what to look for, as in a search: backdoor attacks"}),
        (
            {"topic": "the of"},
            {
                "topic": "There is no word to search for: very common words and punctuation are left out."
                " Name a topic, a method or a title."
            },
        ),
        ({"days": []}, {"days": "Choose at least one day, or a day of the month below."}),
        ({"month": "1"}, {"month": "Choose days of the week or a day of the month, not both."}),
        ({"zone": "Brelin"}, {"zone": "I know no such time zone. Did you mean Europe/Berlin?"}),
        (
            {"zone": "UTC+2"},
            {"zone": "I know no such time zone. Name one as in Berlin, Europe/Berlin or UTC."},
        ),
        (
            {"zone": "Mars", "days": []},
            {
                "days": "Choose at least one day, or a day of the month below.",
                "zone": "I know no such time zone. Name one as in Berlin, Europe/Berlin or UTC.",
            },
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    lab: LocalSlack, fields: dict[str, object], faults: dict[str, str]
) -> None:
    """The form stays open, and nothing is followed."""
    view = blank(lab)
    assert fill(lab, view, **{"topic": "lora", **fields}) == faults
    assert [each["id"] for each in lab.views()] == [view["id"]]
    assert fill(lab, view, topic="lora", days=[] if "month" in fields else ["0"], zone="UTC") == {}
    assert lab.wait_for_message("added topic 1")


def typing(lab: LocalSlack, view: Json, topic: str, **values: object) -> Json:
    """Press Preview in a form into which something was typed; return the form with what it shows."""
    view["state"]["values"]["topic"]["topic"]["value"] = topic
    for field, value in values.items():
        next_held = view["state"]["values"][field][field]
        next_held[next(name for name in next_held if name != "type")] = value
    row = next(block for block in view["blocks"] if block["type"] == "actions")
    payload = {
        "type": "block_actions",
        "user": {"id": ANA, "username": "ana"},
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": "1.2",
        "view": view,
        "actions": [{"action_id": PREVIEW, "block_id": row["block_id"], "type": "button"}],
    }
    before = view["hash"]
    assert interaction(lab, payload) == 200
    return lab.wait_for(lambda each: [top for top in each.views() if top["hash"] != before])[0]


@pytest.mark.parametrize(
    ("topic", "first"),
    [
        ("length bias", "2 of 382 papers match today, best first:"),
        ("zebrafish", "None of 382 papers matches today."),
        ("the of", "There is no word to search for: very common words and punctuation are left out."),
        ("", "Say what to look for, as in a search: backdoor attacks"),
    ],
)
def test_a_preview_stands_under_what_was_typed(lab: LocalSlack, topic: str, first: str) -> None:
    """Under its button, in the same window, whose fields stay; a second takes the first one's place."""
    view = blank(lab)
    shown = typing(lab, typing(lab, view, "lora"), topic)
    assert shown["id"] == view["id"]
    assert [*shown["blocks"][:2], *shown["blocks"][3:]] == view["blocks"]
    assert [block["type"] for block in shown["blocks"][:4]] == ["input", "actions", "section", "input"]
    assert shown["blocks"][2]["text"]["text"].startswith(first)


def test_a_preview_keeps_what_was_chosen(lab: LocalSlack) -> None:
    """Also a day that was taken away, and a zone that is wrong as yet."""
    view = blank(lab)
    faults = fill(lab, view, topic="lora", days=[], zone="Mars")
    row = next(block for block in view["blocks"] if block["type"] == "actions")
    lab.click(PREVIEW, view_id=view["id"], block_id=row["block_id"])
    shown = lab.wait_for(lambda each: [top for top in each.views() if "match today" in str(top)])[0]
    assert (list(faults), held(shown)["topic"], held(shown)["days"]) == (["days", "zone"], "lora", [])
    assert held(shown)["zone"] == "Mars"


def test_a_search_can_be_followed(lab: LocalSlack) -> None:
    """The button under it fills in what was searched, for whoever presses it."""
    message = said(lab, "length bias", "*length bias*")
    assert list(buttons(message)) == ["Abstract", "More results", "Follow this search"]
    press(lab, message, "Follow this search")
    view = form(lab)
    assert held(view)["topic"] == "length bias"
    fill(lab, view)
    assert lab.wait_for_message("ana added topic 1: *length bias* · Mondays 09:00 Europe/London")


def test_what_was_previewed_fills_the_form(lab: LocalSlack) -> None:
    """With all its clauses."""
    told(lab, "preview lora moe strict daily at 7 in tokyo top 3", "*lora moe*")
    press(lab, lab.messages(user=ANA)[-1], "Follow this topic")
    view = form(lab)
    assert fill(lab, view) == {}
    assert lab.wait_for_message("added")["text"].startswith(
        "ana added topic 1: *lora moe* · every day 07:00 Asia/Tokyo · up to 3 papers · strict · first: "
    )


@pytest.mark.parametrize(
    ("typed", "part", "label"),
    [
        ("subscribe", "What shall I bring", "Follow a topic"),
        ("edit 1", "What shall change in topic 1?", "Edit topic"),
    ],
)
def test_a_form_that_does_not_open_is_offered(lab: LocalSlack, typed: str, part: str, label: str) -> None:
    """By a button, which one who typed has not got."""
    told(lab, "subscribe lora", "match today")
    lab.fail("views.open", Fault("expired_trigger_id"))
    lab.command(typed)
    offered = lab.wait_for_message(part, user=ANA)
    press(lab, offered, label)
    assert (offered["ephemeral"], form(lab)["callback_id"]) == (True, "topic.form")


def test_a_form_that_does_not_open_keeps_what_was_searched(lab: LocalSlack) -> None:
    """The button that opens it holds it."""
    lab.fail("views.open", Fault("expired_trigger_id"))
    press(lab, said(lab, "length bias", "*length bias*"), "Follow this search")
    press(lab, lab.wait_for_message("What shall I bring", user=ANA), "Follow a topic")
    assert held(form(lab))["topic"] == "length bias"


def test_a_form_is_acknowledged_while_the_database_is_busy(lab: LocalSlack, tmp_path: Path) -> None:
    """Until then it is only read; what was saved is written and told when that is over."""
    told(lab, "subscribe lora", "match today")
    lab.command("edit 1")
    view = form(lab)
    with Store(tmp_path / "lab.db").writing():
        assert fill(lab, view, top="7") == {}
        assert lab.views() == []
    assert " · up to 7 papers · " in lab.wait_for_message("ana changed topic 1")["text"]


def test_a_topic_that_ends_while_a_form_is_saved_is_told(lab: LocalSlack, tmp_path: Path) -> None:
    """To the one who saved it, for the form is closed."""
    told(lab, "subscribe lora", "match today")
    lab.command("edit 1")
    view = form(lab)
    with Store(tmp_path / "lab.db").writing() as db:
        topics.end(db, topics.by_id(db, 1), LOADED_AT)
        assert fill(lab, view, top="7") == {}
    told_late = lab.wait_for_message("There is no topic 1 here.", user=ANA)
    assert told_late["ephemeral"] is True


@pytest.mark.parametrize("typed", ["subscribe", "edit 1"])
def test_a_form_of_a_channel_that_has_changed_says_so(seeded: Path, tmp_path: Path, typed: str) -> None:
    """Slack gave it another id, under which its topics are; a restart changes nothing."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    library = Library.at(path, [], lambda: LOADED_AT)
    with LocalSlack(scopes=SCOPES, subscribed=EVENTS) as slack:
        with answering(slack, library, path):
            told(slack, "subscribe lora", "match today")
            slack.command(typed)
            view = form(slack)
            assert [each.acknowledged for each in slack.change_channel_id(SAFETY, "C0NEWNAME1")] == [True]
        with answering(slack, library, path):
            assert fill(slack, view, topic="dialogue") == {
                "topic": "This channel has changed, and this window knows the old one."
                " Please close it, and ask again with /paper."
            }
            assert told(slack, "topics", "*1 topic", channel="C0NEWNAME1")


@pytest.mark.parametrize("typed", ["help", "topics"])
def test_lists_and_help_open_the_form(lab: LocalSlack, typed: str) -> None:
    """For a topic that nobody has typed."""
    assert lab.command(typed).acknowledged
    press(lab, lab.wait_for_message(user=ANA), "Follow a topic")
    assert held(form(lab))["topic"] is None


def test_a_topic_is_edited_in_the_form(lab: LocalSlack) -> None:
    """It begins with what there is; the channel hears of the change."""
    told(lab, "subscribe backdoor attacks weekdays at 17:30 in berlin top 3 strict", "match today")
    press(lab, lab.messages(user=ANA)[-1], "Edit topic")
    view = form(lab)
    values = held(view)
    assert (view["title"]["text"], view["submit"]["text"]) == ("Topic 1", "Save")
    assert [option["value"] for option in values.pop("days")] == list("01234")  # type: ignore[attr-defined]
    assert [values.pop(name)["value"] for name in ("top", "strictness")] == ["3", "strict"]  # type: ignore[index]
    assert values == {"topic": "backdoor attacks", "month": None, "at": "17:30", "zone": "Europe/Berlin"}
    assert fill(lab, view, top="4") == {}
    assert lab.wait_for_message("changed topic 1")["text"].startswith(
        "ana changed topic 1: *backdoor attacks* · Mon–Fri 17:30 Europe/Berlin · up to 4 papers · strict"
    )


def test_saving_what_is_there_changes_nothing(lab: LocalSlack) -> None:
    """The asker alone is told."""
    told(lab, "subscribe lora", "match today")
    lab.command("edit 1")
    assert fill(lab, form(lab)) == {}
    assert lab.wait_for_message("This channel has that already", user=ANA)["ephemeral"] is True


def test_a_topic_that_is_gone_is_said_in_the_form(lab: LocalSlack) -> None:
    """As is one that asks for what another asks for already."""
    told(lab, "subscribe lora", "match today")
    told(lab, "subscribe length bias", "match today")
    lab.command("edit 1")
    view = form(lab)
    assert fill(lab, view, topic="bias length") == {"topic": "Topic 2 asks for that already."}
    told(lab, "unsubscribe 1", "removed")
    assert fill(lab, view, topic="lora") == {
        "topic": "There is no topic 1 here. This channel follows 2 length bias."
    }


@pytest.mark.parametrize(
    ("channel", "part"),
    [(PRIVATE, "Please invite me"), (DIRECT, "I cannot follow topics in a conversation between people")],
)
def test_where_the_bot_is_not_the_form_is_answered(lab: LocalSlack, channel: str, part: str) -> None:
    """When it is filled in: to look before would take longer than a form has to open."""
    lab.command("subscribe", channel=channel)
    assert fill(lab, form(lab), topic="lora") == {}
    assert lab.wait_for_message(part, channel=channel, user=ANA)["ephemeral"] is True
    assert told(lab, "topics", "nothing yet", channel=channel)


def test_a_form_of_a_channel_that_the_bot_left_is_answered_there(lab: LocalSlack) -> None:
    """By the URL of the command that opened it."""
    lab.workspace.channels[PRIVATE].members.add("U0PAPERBOY")
    lab.command("subscribe", channel=PRIVATE)
    view = form(lab)
    lab.workspace.channels[PRIVATE].members.remove("U0PAPERBOY")
    assert fill(lab, view, topic="lora") == {}
    assert lab.wait_for_message("Please invite me", channel=PRIVATE, user=ANA)["ephemeral"] is True


def test_after_the_url_has_ended_the_bot_posts_itself(lab: LocalSlack) -> None:
    """It is in the channel, and a form may stay open for long."""
    lab.command("subscribe", channel=READING)
    view = form(lab)
    lab.fail("response_url", Fault("expired_url", status=404), times=2)
    assert fill(lab, view, topic="lora") == {}
    assert lab.wait_for_message("ana added topic 1", channel=READING)["ephemeral"] is False
    assert lab.wait_for_message("match today", channel=READING, user=ANA)["ephemeral"] is True


def test_a_form_of_another_version_is_answered_in_a_window(lab: LocalSlack) -> None:
    """It no longer says where it belongs."""
    view = {**blank(lab), "private_metadata": "{}"}
    payload = {
        "type": "view_submission",
        "user": {"id": ANA, "username": "ana"},
        "trigger_id": lab.workspace.grants.trigger(ANA),
        "view": view,
    }
    assert interaction(lab, payload) == 200
    lab.wait_for(lambda each: [top for top in each.views() if "another version" in str(top)])


def test_a_windows_metadata_says_all_it_needs() -> None:
    """And what is too long for it is left out."""
    kept = metadata_of(Form("C1", "https://hooks.slack.com/" + "u" * 5000, 3, 10))
    assert kept == '{"v":1,"channel":"C1","url":"","topic":3,"after":10}'
