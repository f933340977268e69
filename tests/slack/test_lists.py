"""Lists of papers in a real socket: pages, sharing, the suggested search."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, BEN, PRIVATE, SAFETY, TEAM, LocalSlack
from bot.slack.buttons import One, Results, value_of
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import SINCE, Json, buttons, load_again, press, running, said
from tests.slack.test_answers import interaction

LORA = "*lora moe* · 2 papers have every word"


def test_more_results_are_for_whoever_presses(slack: LocalSlack) -> None:
    """The second page comes as a note to Ben; the public message stays as it was."""
    public = said(slack, "lora moe", LORA)
    press(slack, public, "More results", BEN)
    note = slack.wait_for_message("*lora moe* · 6–10 of 15", user=BEN)
    assert note["ephemeral"] is True
    assert list(buttons(note)) == ["Abstract", "Previous", "Next", "Share here"]
    assert slack.messages(user=ANA) == [public]


def test_pages_turn_to_the_end_and_back(slack: LocalSlack) -> None:
    """Each page takes the place of the note."""
    press(slack, said(slack, "lora moe", LORA), "More results")
    seen = []
    turns = (
        ("Next", "11–15 of 15"),
        ("Previous", "6–10 of 15"),
        ("Previous", LORA),
        ("More results", "6–10"),
    )
    note = slack.wait_for_message("6–10 of 15", user=ANA)
    for label, part in turns:
        press(slack, note, label)
        note = slack.wait_for_message(part, user=ANA, after=slack.messages()[0]["ts"])
        seen.append(list(buttons(note))[1:])
    assert seen == [
        ["Previous", "Share here"],
        ["Previous", "Next", "Share here"],
        ["More results", "Share here"],
        ["Previous", "Next", "Share here"],
    ]
    assert len(slack.messages(user=ANA)) == 2


def test_a_page_past_the_end_is_the_last(slack: LocalSlack) -> None:
    """A corpus that shrank has fewer pages than a button thinks."""
    click(slack, "more", value_of(Results("lora moe", 500, int(LOADED_AT.timestamp()))))
    assert slack.wait_for_message("*lora moe* · 11–15 of 15", user=ANA)["ephemeral"] is True


def click(slack: LocalSlack, action: str, value: object) -> None:
    """Press a button of a message that is no longer there."""
    assert interaction(slack, pressing(slack, "1.2", {"action_id": action, "value": value})) == 200


def pressing(slack: LocalSlack, ts: str, button: Json) -> Json:
    """Return what Slack sends when Ana presses a button of a message."""
    grants = slack.workspace.grants
    return {
        "type": "block_actions",
        "user": {"id": ANA, "username": "ana"},
        "container": {"type": "message", "message_ts": ts, "channel_id": SAFETY},
        "trigger_id": grants.trigger(ANA),
        "response_url": f"{slack.url}/actions/{TEAM}/{grants.response_url(SAFETY, ANA, ts)}",
        "actions": [{"block_id": "b", "type": "button", **button}],
    }


@pytest.mark.parametrize("channel", [SAFETY, PRIVATE])
def test_a_note_is_shared(slack: LocalSlack, channel: str) -> None:
    """The channel sees the same page, whoever shared it, and the note goes; the bot need not be there."""
    note = said(slack, "--me lora moe", LORA, channel)
    press(slack, note, "Share here")
    shared = slack.wait_for_message("shared by ana", channel=channel)
    assert shared["text"] == note["text"]
    assert list(buttons(shared)) == ["Abstract", "More results", "Follow this search"]
    slack.wait_for(lambda each: each.messages(channel, user=ANA) == [shared])


def test_eight_presses_share_once(slack: LocalSlack) -> None:
    """However often it is pressed."""
    note = said(slack, "--me lora moe", LORA)
    payload = pressing(slack, note["ts"], buttons(note)["Share here"])
    with ThreadPoolExecutor(8) as fingers:
        assert list(fingers.map(lambda _: interaction(slack, payload), range(8))) == [200] * 8
    slack.wait_for(lambda each: [m["ephemeral"] for m in each.messages(user=ANA)] == [False])


def test_slack_may_leave_out_the_team(slack: LocalSlack) -> None:
    """As where an app is installed for a whole organization."""
    note = said(slack, "--me lora moe", LORA)
    payload = {**pressing(slack, note["ts"], buttons(note)["Share here"]), "team": None}
    assert interaction(slack, payload) == 200
    shared = slack.wait_for_message("shared by ana")
    slack.wait_for(lambda each: each.messages(user=ANA) == [shared])


def test_a_page_of_one_paper_has_one_number(slack: LocalSlack) -> None:
    """The last of six."""
    press(slack, said(slack, "--me lora", "*lora* · 6 papers"), "More results")
    assert slack.wait_for_message("*lora* · 6 of 6", user=ANA)["ephemeral"] is True


def test_the_suggested_search_answers_in_the_channel(slack: LocalSlack) -> None:
    """Its results come for everybody, and the note goes."""
    press(slack, said(slack, "backdor atack", "Did you mean"), "Search backdoor attack")
    public = slack.wait_for_message("*backdoor attack* · 4 papers have every word")
    assert public["blocks"][-1]["elements"][0]["text"] == "asked by ana"
    slack.wait_for(lambda each: each.messages(user=ANA) == [public])


def test_a_weak_answer_is_for_the_asker(slack: LocalSlack) -> None:
    """Until it is shared."""
    note = said(slack, "qqqq lora", "No paper has even half of that; these are the nearest.")
    assert note["ephemeral"] is True
    press(slack, note, "Share here")
    assert slack.wait_for_message("shared by ana")["text"] == note["text"]


def test_similar_papers_are_listed_and_shared(slack: LocalSlack) -> None:
    """Paged like more results, the second page shared."""
    note = said(slack, "similar 2305.14710", "· 1–5 of")
    press(slack, note, "More results")
    note = slack.wait_for_message("· 6–10 of", user=ANA)
    press(slack, note, "Share here")
    assert slack.wait_for_message("shared by ana")["text"] == note["text"]


def test_a_paper_is_shown_and_shared(slack: LocalSlack) -> None:
    """Its message has all that its window has; the channel gets the beginning."""
    note = said(slack, "show 2305.14710", "Source: ")
    assert list(buttons(note)) == ["Similar", "BibTeX", "Share here"]
    press(slack, note, "BibTeX")
    assert slack.wait_for_message("BibTeX of 1 paper: 2305.14710", user=ANA)["ephemeral"] is True
    press(slack, note, "Similar")
    assert slack.wait_for_message("· 1–5 of", user=ANA)["ephemeral"] is True
    press(slack, note, "Share here")
    assert list(buttons(slack.wait_for_message("shared by ana"))) == ["Abstract"]


def test_buttons_outlive_a_restart(seeded: Path, db: Path) -> None:
    """Another app on the same database knows the buttons."""
    with LocalSlack(scopes=SCOPES) as slack:
        with answering(slack, Library.at(seeded, [], lambda: LOADED_AT), db):
            note = said(slack, "--me lora moe", LORA)
        with answering(slack, Library.at(seeded, [], lambda: LOADED_AT), db):
            press(slack, note, "Share here")
            press(slack, slack.wait_for_message("shared by ana"), "More results")
            assert slack.wait_for_message("6–10 of 15", user=ANA)["ephemeral"] is True


def test_after_a_reload_a_button_says_so(seeded: Path, tmp_path: Path) -> None:
    """The answer is today's, and says that the papers changed; the next page is today's alone."""
    path = tmp_path / "a.db"
    shutil.copy(seeded, path)
    library = Library.at(path, [], lambda: LOADED_AT)
    with running(library, path) as slack:
        public = said(slack, "lora moe", LORA)
        load_again(library, path)
        press(slack, public, "More results")
        note = slack.wait_for_message("6–10 of 15", user=ANA)
        assert SINCE in str(note["blocks"])
        press(slack, note, "Next")
        assert SINCE not in str(slack.wait_for_message("11–15 of 15", user=ANA)["blocks"])


@pytest.mark.parametrize(
    "action", ["abstract", "more", "page.next", "page.previous", "search", "share", "similar"]
)
@pytest.mark.parametrize(
    "value", [None, "", "old", json.dumps({"v": 0, "query": "x"}), "x" * 5000, 7, "<!here>"]
)
def test_an_unreadable_button_gets_a_kind_answer(slack: LocalSlack, action: str, value: object) -> None:
    """A button of another version, on a message that may be gone."""
    click(slack, action, value)
    note = slack.wait_for_message("That belongs to another version of me.", user=ANA)
    assert note["ephemeral"] is True


@pytest.mark.parametrize("action", ["abstract", "share", "bibtex"])
def test_a_paper_that_is_gone_gets_a_kind_answer(slack: LocalSlack, action: str) -> None:
    """A button that outlived its paper says so."""
    click(slack, action, value_of(One("9999.99999", 1)))
    note = slack.wait_for_message("The paper 9999.99999 is no longer here", user=ANA)
    assert note["ephemeral"] is True


def test_a_button_on_a_deleted_message_works(slack: LocalSlack) -> None:
    """Nothing in it needs the message."""
    click(slack, "share", value_of(Results("lora moe", 0, int(LOADED_AT.timestamp()))))
    message: Json = slack.wait_for_message("shared by ana")
    assert message["text"].startswith(LORA)
