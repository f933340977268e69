"""Windows in a real socket: a paper, what is like it, its BibTeX, sharing."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, Fault, Limits, LocalSlack
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import SINCE, Json, buttons, load_again, opened, press, running, said, shown
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


def pressing(view: Json, label: str) -> Json:
    """Return what Slack sends when Ana presses a button of a window as it was."""
    return {
        "type": "block_actions",
        "user": {"id": ANA, "username": "ana"},
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": "1.2",
        "view": view,
        "actions": [buttons(view)[label]],
    }


def test_eight_presses_in_a_window_share_once(library: Library, db: Path) -> None:
    """However often it is pressed, before the window shows that it was; and nobody is frightened."""
    with LocalSlack(scopes=SCOPES) as slack:
        with answering(slack, library, db):
            payload = pressing(opened(slack), "Share here")
            with ThreadPoolExecutor(8) as fingers:
                assert list(fingers.map(lambda _: interaction(slack, payload), range(8))) == [200] * 8
        assert len(slack.messages()) == 2
        assert ["Shared here." in str(view) for view in slack.views()] == [True]


@pytest.mark.parametrize(
    ("labels", "kept"), [(("BibTeX", "Share here"), "rich_text"), (("Share here", "BibTeX"), "Shared here.")]
)
def test_of_two_presses_at_once_neither_undoes_the_other(
    library: Library, db: Path, labels: tuple[str, str], kept: str
) -> None:
    """The later, which did not see what the earlier did, leaves the window as it is; it can be repeated."""
    with LocalSlack(scopes=SCOPES) as slack:
        with answering(slack, library, db):
            view = opened(slack)
            for label in labels:
                assert interaction(slack, pressing(view, label)) == 200
                slack.wait_for(lambda each: kept in str(each.views()))
        assert kept in str(slack.views())
        assert labels[0] not in buttons(slack.views()[0])
        with answering(slack, library, db):
            press(slack, slack.views()[0], labels[1])
            slack.wait_for(lambda each: list(buttons(each.views()[0])) == ["Similar"])
        assert [len(slack.views()), len(slack.messages())] == [1, 2]


def test_slack_may_leave_out_the_team(slack: LocalSlack) -> None:
    """As where an app is installed for a whole organization."""
    assert interaction(slack, {**pressing(opened(slack), "Share here"), "team": None}) == 200
    shown(slack, "Shared here.")


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
        with answering(slack, Library.at(path, [], lambda: LOADED_AT), path):
            view = opened(slack)
        load_again(Library.at(path, [], lambda: LOADED_AT), path)
        with answering(slack, Library.at(path, [], lambda: LOADED_AT), path):
            press(slack, view, "BibTeX")
            assert SINCE in str(shown(slack, "rich_text_preformatted"))


def test_after_30_minutes_sharing_is_refused_kindly(library: Library, db: Path) -> None:
    """The right to answer has ended; the window says what works."""
    later = [0]
    limits = Limits(response_url_seconds=100)  # for 30 minutes would end Slack's signatures as well
    with running(library, db, limits=limits, clock=lambda: time.time() + later[0]) as slack:
        view = opened(slack)
        later[0] = 200
        press(slack, view, "Share here")
        notice = shown(slack, "I cannot share from this window any more")
        assert "`/paper show 2312.09979`" in str(notice["blocks"])
        assert len(slack.messages()) == 1


def test_after_its_posts_sharing_is_refused_kindly(library: Library, db: Path) -> None:
    """All windows above each other post by the press that opened the first."""
    with running(library, db, limits=Limits(response_url_uses=1)) as slack:
        press(slack, opened(slack), "Share here")
        press(slack, shown(slack, "Shared here."), "Similar")
        press(slack, shown(slack, "· 1–10 of 20"), "Abstract")
        other = slack.wait_for(lambda each: each.views()[2:])[0]
        press(slack, other, "Share here")
        assert "Slack allows that for 30 minutes and five posts." in str(shown(slack, "I cannot share"))
        assert len(slack.messages()) == 2


def test_where_slack_lets_nobody_post_sharing_says_so(slack: LocalSlack) -> None:
    """That no time mends."""
    view = opened(slack)
    slack.fail("response_url", Fault("restricted_action", status=403))
    press(slack, view, "Share here")
    assert "30 minutes" not in str(shown(slack, "Slack does not let me post here."))


@pytest.mark.parametrize("fault", [Fault.outage(500), Fault.dropped(), Fault("internal_error")])
def test_what_is_shared_needs_no_window(library: Library, db: Path, fault: Fault) -> None:
    """Where Slack does not show in the window that it is, the channel has it, and nobody is frightened."""
    with LocalSlack(scopes=SCOPES) as slack:
        with answering(slack, library, db):
            view = opened(slack)
            slack.fail("views.update", fault)
            press(slack, view, "Share here")
        assert len(slack.messages(user=ANA)) == 2
        assert slack.views() == [view]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.outage(500),
        Fault.dropped(),
        Fault.dropped(done=True),
        Fault("expired_trigger_id"),
    ],
    ids=["500", "dropped", "dropped when done", "expired"],
)
def test_a_window_that_does_not_open_is_told(slack: LocalSlack, fault: Fault) -> None:
    """Whoever pressed gets a sentence of their own."""
    slack.fail("views.open", fault)
    press(slack, said(slack, "loramoe", "*1. "), "Abstract")
    assert slack.wait_for_message("If no window opened", user=ANA)["ephemeral"] is True


@pytest.mark.parametrize(
    ("label", "method", "part"),
    [
        ("Similar", "views.push", "If no window opened"),
        ("BibTeX", "views.update", "If the window did not change"),
    ],
)
def test_a_fault_in_a_window_is_shown_in_a_window(
    slack: LocalSlack, label: str, method: str, part: str
) -> None:
    """There is no response URL to tell it by."""
    view = opened(slack)
    slack.fail(method, Fault.outage(500))
    press(slack, view, label)
    assert shown(slack, part)["title"]["text"] == "Paperboy"


def test_a_page_that_does_not_turn_is_told(slack: LocalSlack) -> None:
    """In words that fit."""
    press(slack, opened(slack, "backdoor instruction tuning"), "Similar")
    first = shown(slack, "· 1–10 of 20")
    slack.fail("views.update", Fault.dropped())
    press(slack, first, "Next")
    assert shown(slack, "If the window did not change")["title"]["text"] == "Paperboy"


def test_where_no_further_window_opens_this_one_says_it(slack: LocalSlack) -> None:
    """And stays as it was, with its buttons, which work."""
    view = opened(slack)
    slack.fail("views.push", Fault("expired_trigger_id"), times=2)
    press(slack, view, "Similar")
    noted = shown(slack, "If no window opened")
    assert (noted["id"], noted["blocks"][:-1]) == (view["id"], view["blocks"])
    assert noted["private_metadata"] == view["private_metadata"]
    press(slack, noted, "Similar")
    assert shown(slack, "· 1–10 of 20")["title"]["text"] == "Similar papers"


def test_a_busy_slack_is_told(slack: LocalSlack, caplog: pytest.LogCaptureFixture) -> None:
    """In a message or a window, with a line in the log and no traceback."""
    public = said(slack, "loramoe", "*1. ")
    slack.fail("views.open", Fault.ratelimited())
    press(slack, public, "Abstract")
    assert slack.wait_for_message("Slack is busy", user=ANA)["ephemeral"] is True
    press(slack, public, "Abstract")
    view = shown(slack, "Source: ")
    slack.fail("response_url", Fault.ratelimited())
    press(slack, view, "Share here")
    assert shown(slack, "Slack is busy")["title"]["text"] == "Paperboy"
    logged = [record for record in caplog.records if record.name.startswith("bot.")]
    assert [(record.levelname, record.exc_info) for record in logged] == [("WARNING", None)] * 2


def test_an_unreadable_button_in_a_window_is_answered_there(slack: LocalSlack) -> None:
    """As is a window of another version."""
    view = {**opened(slack), "private_metadata": "{}"}
    assert interaction(slack, pressing(view, "BibTeX")) == 200
    assert "rich_text" not in str(shown(slack, "That belongs to another version of me."))


@pytest.mark.parametrize(("fault", "seen"), [(Fault.dropped(), 0), (Fault.dropped(done=True), 1)])
def test_an_unsure_share_is_not_repeated(slack: LocalSlack, fault: Fault, seen: int) -> None:
    """Where nobody knows whether it is out, it does not go out again, and no press says that it is."""
    view = opened(slack)
    slack.fail("response_url", fault)
    for _ in range(2):
        press(slack, view, "Share here")
        notice = shown(slack, "That may be in the channel already")
        assert "ask again with `/paper show 2312.09979`" in str(notice)
        slack.close_view(notice["id"])
    assert slack.views() == [view]
    assert len(slack.messages()) == 1 + seen
