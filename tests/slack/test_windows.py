"""Windows in a real socket: a paper, what is like it, its BibTeX, sharing."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, Fault, LocalSlack
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import SINCE, buttons, load_again, opened, press, running, said, shown
from tests.slack.test_answers import interaction


def test_abstract_opens_the_paper(slack: LocalSlack) -> None:
    """Title, authors, the whole abstract, buttons and the source."""
    view = opened(slack, "backdoor instruction tuning")
    assert (view["title"]["text"], view["close"]["text"]) == ("Paper", "Close")
    assert list(buttons(view)) == ["Similar", "BibTeX", "Share here"]
    assert [block["type"] for block in view["blocks"]] == ["section", "section", "actions", "context"]


def test_bibtex_takes_the_place_of_its_button(slack: LocalSlack) -> None:
    """It can be copied as it stands."""
    view = opened(slack, "backdoor instruction tuning")
    press(slack, view, "BibTeX")
    view = shown(slack, "rich_text_preformatted")
    assert list(buttons(view)) == ["Similar", "Share here"]
    assert "@inproceedings{xu-2305.14710," in str(view["blocks"])


def test_sharing_takes_the_place_of_its_button(slack: LocalSlack) -> None:
    """The channel has the paper; what else was done in the window stays."""
    press(slack, opened(slack), "BibTeX")
    press(slack, shown(slack, "rich_text_preformatted"), "Share here")
    view = shown(slack, "Shared here.")
    assert list(buttons(view)) == ["Similar"]
    assert "rich_text_preformatted" in str(view["blocks"])
    assert [list(buttons(each)) for each in slack.messages()[1:]] == [["Abstract"]]


def test_eight_presses_in_a_window_share_once(slack: LocalSlack) -> None:
    """However often it is pressed, before the window shows that it was."""
    view = opened(slack)
    payload = {
        "type": "block_actions",
        "user": {"id": ANA, "username": "ana"},
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": "1.2",
        "view": view,
        "actions": [buttons(view)["Share here"]],
    }
    with ThreadPoolExecutor(8) as fingers:
        assert list(fingers.map(lambda _: interaction(slack, payload), range(8))) == [200] * 8
    slack.wait_for(lambda each: len([call for call in each.calls if call.method == "views.update"]) == 8)
    assert len(slack.messages()) == 2


def test_windows_stack_while_slack_has_room(slack: LocalSlack) -> None:
    """The fourth window takes the place of the third."""
    seen = [opened(slack)]
    for label in ("Similar", "Abstract", "Similar", "Abstract"):
        press(slack, seen[-1], label)
        seen.append(slack.wait_for(lambda each: [top for top in each.views()[-1:] if top not in seen])[0])
    assert [view["title"]["text"] for view in seen] == ["Paper", "Similar papers"] * 2 + ["Paper"]
    ids = [view["id"] for view in seen]
    assert [view["id"] for view in slack.views()] == ids[:3]
    assert ids[2:] == [ids[2]] * 3


def test_similar_papers_turn_in_place(slack: LocalSlack) -> None:
    """Ten a page, in one window."""
    press(slack, opened(slack, "backdoor instruction tuning"), "Similar")
    first = shown(slack, "· 1–10 of 20")
    press(slack, first, "Next")
    second = shown(slack, "· 11–20 of 20")
    assert (list(buttons(first)), list(buttons(second))) == (["Abstract", "Next"], ["Abstract", "Previous"])
    press(slack, second, "Previous")
    assert shown(slack, "· 1–10 of 20")["id"] == first["id"]


def test_a_window_outlives_a_restart_and_a_reload(seeded: Path, tmp_path: Path) -> None:
    """Another app answers it, from the papers there are now, and says so."""
    path = tmp_path / "a.db"
    shutil.copy(seeded, path)
    with LocalSlack(scopes=SCOPES) as slack:
        with answering(slack, Library.at(path, [], LOADED_AT), path):
            view = opened(slack)
        load_again(Library.at(path, [], LOADED_AT), path)
        with answering(slack, Library.at(path, [], LOADED_AT), path):
            press(slack, view, "BibTeX")
            assert SINCE in str(shown(slack, "rich_text_preformatted"))


def test_after_30_minutes_sharing_is_refused_kindly(library: Library, db: Path) -> None:
    """The right to answer has ended; the window says what works."""
    with running(library, db) as slack:
        view = opened(slack)
        slack.workspace.grants._urls.clear()  # noqa: SLF001  # as if half an hour had passed
        press(slack, view, "Share here")
        notice = shown(slack, "I cannot share from this window any more")
        assert "`/paper show " in str(notice["blocks"])
        assert len(slack.messages()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.ratelimited(),
        Fault.outage(500),
        Fault.dropped(),
        Fault.dropped(done=True),
        Fault("expired_trigger_id"),
    ],
    ids=["429", "500", "dropped", "dropped when done", "expired"],
)
def test_a_window_that_does_not_open_is_told(slack: LocalSlack, fault: Fault) -> None:
    """Whoever pressed gets a sentence of their own."""
    slack.fail("views.open", fault)
    press(slack, said(slack, "loramoe", "*1. "), "Abstract")
    assert slack.wait_for_message("If no window opened", user=ANA)["ephemeral"] is True


@pytest.mark.parametrize(
    ("label", "method", "times"),
    [("Similar", "views.push", 1), ("Similar", "views.push", 2), ("BibTeX", "views.update", 1)],
)
def test_a_fault_in_a_window_is_shown_in_a_window(
    slack: LocalSlack, label: str, method: str, times: int
) -> None:
    """There is no response URL to tell it by; where no further window opens, this one says it."""
    view = opened(slack)
    slack.fail(method, Fault.outage(500), times=times)
    press(slack, view, label)
    assert shown(slack, "If no window opened")["title"]["text"] == "Paperboy"


def test_an_unreadable_button_in_a_window_is_answered_there(slack: LocalSlack) -> None:
    """As is a window of another version."""
    view = opened(slack)
    for each in slack._views.open_for(ANA):  # noqa: SLF001
        each["private_metadata"] = "{}"
    press(slack, view, "BibTeX")
    assert shown(slack, "That belongs to another version of me.")["title"]["text"] == "Paperboy"


def test_an_unsure_share_is_not_repeated(slack: LocalSlack) -> None:
    """Where nobody knows whether it is out, it does not go out again."""
    view = opened(slack)
    slack.fail("response_url", Fault.dropped(done=True))
    press(slack, view, "Share here")
    shown(slack, "Slack did not say whether it posted that")
    slack.close_view(slack.views()[-1]["id"])
    press(slack, slack.views()[-1], "Share here")
    shown(slack, "Shared here.")
    assert len(slack.messages()) == 2
