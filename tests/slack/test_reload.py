"""/paper reload, with a reload of the test's own."""

import logging
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from bot import beside
from bot.answers import Loaded, Progress, Reload, Status
from bot.connect import LISTENERS
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.matching import Matcher
from bot.papers import Problem
from bot.playground import ANA, BEN, PRIVATE, SAFETY, Fault, Limits, LocalSlack
from bot.settings import Settings
from bot.slack.render.reloads import refused_lines
from bot.store import Store
from tests.conftest import LOADED_AT, SEEDS
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import told
from tests.slack.extremes import HOSTILE, load

BEGUN = "Reloading… searches are still answered from 382 papers."
DONE = "Reloaded in 0.4 s: *382 papers*. 86 new · 0 revised · 296 unchanged · 0 removed · 0 lines refused"
UNKNOWN = "Whoever runs me can name admins in PAPERBOY_ADMINS."


class Asked:
    """A reload that is done at once, and keeps who asked."""

    def __init__(self, **brought: Any) -> None:
        self.by: list[str] = []
        self.threads: list[str] = []
        self._brought = brought

    def __call__(self, who: str, told: Callable[[Progress], None]) -> Loaded:
        """Reload as the desk asks for it."""
        told(Progress(5, 0, 0, 0.0))
        self.by.append(who)
        self.threads.append(threading.current_thread().name)
        return load(who, **self._brought)


def failing(error: Exception) -> Reload:
    """Return a reload that raises."""

    def reload(_who: str, _told: Callable[[Progress], None]) -> Loaded:
        raise error

    return reload


@contextmanager
def reloading(
    seeded: Path,
    tmp_path: Path,
    reload: Reload,
    library: type[Library] = Library,
    limits: Limits | None = None,
    **given: Any,
) -> Iterator[LocalSlack]:
    """Run the app with the seeds and a reload; what else the app is `given`."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    with (
        LocalSlack(scopes=SCOPES, limits=limits) as slack,
        answering(slack, library.at(path, [], lambda: LOADED_AT), path, reload=reload, **given),
    ):
        yield slack


def texts(slack: LocalSlack, channel: str = SAFETY, user: str = ANA) -> list[str]:
    """Return what was said to somebody alone, oldest first; fails where anybody else sees anything."""
    assert slack.messages(channel) == []
    return [each["text"] for each in slack.messages(channel, user=user)]


def end_by_signal(_told: Connection, _settings: Settings, _by: str, _now: datetime) -> None:
    """End as a process does that takes too much memory; another process imports it, and the next two."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(_told: Connection, _settings: Settings, _by: str, _now: datetime) -> None:
    """End as a process does that has failed, and has told the log why."""
    raise SystemExit(1)


def end_late(_told: Connection, settings: Settings, by: str, now: datetime) -> None:
    """Load, and end before that can be told."""
    Library(Store(settings.db)).reload(settings.corpus, by, lambda: now)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (end_by_signal, r"^its process was ended by SIGKILL$"),
        (fail, r"^an unexpected fault, of which the log tells more$"),
    ],
)
def test_a_process_that_fails_is_a_reload_that_failed(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[..., None], why: str
) -> None:
    """It is told how that ended, and what is served on."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    monkeypatch.setattr("bot.beside._reload", work)
    library, settings = Library(Store(path)), Settings(db=path, corpus=(SEEDS,))
    with (
        beside.reloading(library, settings, lambda: LOADED_AT) as reload,
        pytest.raises(OperatorError, match=why),
    ):
        reload("ana", lambda _: None)


def test_what_has_been_loaded_is_told_though_its_process_was_ended(
    seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody sees it by then."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    monkeypatch.setattr("bot.beside._reload", end_late)
    library, settings = Library(Store(path)), Settings(db=path, corpus=(SEEDS,))
    with beside.reloading(library, settings, lambda: LOADED_AT) as reload:
        done = reload("ana", lambda _: None)
    assert (done.by, done.papers, done.unchanged) == ("ana", 382, 382)
    assert done == library.status().last


def test_a_long_path_keeps_its_line() -> None:
    """By which whoever keeps the corpus finds it."""
    (line,) = refused_lines([Problem("folder/" * 40 + "a.jsonl", 17, "no title and no abstract")])
    assert line.startswith("• folder/")
    assert line.endswith("…:17 no title and no abstract")


def test_whoever_waits_is_told_that_the_bot_stops(seeded: Path, tmp_path: Path) -> None:
    """The reload ends with it, and what there was is served on."""
    path = tmp_path / "lab.db"
    shutil.copy(seeded, path)
    library = Library.at(path, [], lambda: LOADED_AT)
    settings = Settings(db=path, corpus=(SEEDS,))
    with LocalSlack(scopes=SCOPES) as slack:
        with (
            ExitStack() as until_it_has_stopped,
            beside.reloading(library, settings, lambda: LOADED_AT) as reload,
            answering(slack, library, path, reload=reload),
        ):
            until_it_has_stopped.enter_context(Store(path).writing())  # the reload cannot come to its end
            told(slack, "reload", "Reloading")
        for thread in threading.enumerate():
            if thread.name == "reload":
                thread.join(60)
        served = "Still serving 382 papers, loaded 2 h ago."
        assert texts(slack) == [BEGUN, f"Reload failed: Paperboy is being stopped. {served}"]
    with pytest.raises(OperatorError, match=r"^Paperboy is being stopped$"):
        reload("ana", lambda _: None)


def test_an_admin_reloads_and_is_told_alone(seeded: Path, tmp_path: Path) -> None:
    """That it has begun, and what it brought; it runs in a thread of its own."""
    reload = Asked()
    with reloading(seeded, tmp_path, reload) as slack:
        assert told(slack, "reload", "Reloaded") == DONE
        assert texts(slack) == [BEGUN, DONE]
    assert (reload.by, reload.threads) == (["ana"], ["reload"])


def test_what_was_refused_and_what_matches_is_told(seeded: Path, tmp_path: Path) -> None:
    """New are the papers with numbers above the highest before; text from files is no markup."""

    class Earlier(Library):
        newest = 0  # as if nothing had been loaded before

    reload = Asked(problems=(Problem(f"{HOSTILE}.jsonl", 17, HOSTILE),) * 1000)
    with reloading(seeded, tmp_path, reload, Earlier) as slack:
        told(slack, "subscribe backdoor attacks", "match today")
        told(slack, "subscribe safety alignment", "match today")
        lines = told(slack, "reload", "Reloaded").splitlines()
    assert lines[1] == (
        "12 new papers match this channel's topics:"
        " 4 for backdoor attacks, 9 for safety alignment (1 for both)."
    )
    assert lines[2].startswith("• &lt;!channel&gt; &lt;!here&gt; @channel")
    assert lines[12:] == ["and 990 more: `paperboy status` lists all of them"]


@pytest.mark.parametrize(("new", "said"), [(86, ["None of them matches this channel's topics."]), (0, [])])
def test_without_a_match_only_new_papers_are_worth_a_word(
    seeded: Path, tmp_path: Path, new: int, said: list[str]
) -> None:
    """And where nothing has changed, that is said."""
    with reloading(seeded, tmp_path, Asked(new=new)) as slack:
        told(slack, "subscribe backdoor attacks", "match today")
        lines = told(slack, "reload", "Reloaded").splitlines()
    assert ("nothing has changed" in lines[0], lines[1:]) == (new == 0, said)


@pytest.mark.parametrize("error", [UserError("No papers are loaded yet."), OperatorError("locked")])
def test_what_it_brought_is_told_even_if_nothing_can_be_matched(
    seeded: Path, tmp_path: Path, error: Exception
) -> None:
    """Nothing is said of the topics then."""

    class Closed(Library):
        def matcher(self) -> Matcher:
            if reload.by:
                raise error
            return super().matcher()

    reload = Asked()
    with reloading(seeded, tmp_path, reload, Closed) as slack:
        told(slack, "subscribe backdoor attacks", "match today")
        assert told(slack, "reload", "Reloaded") == DONE


def test_a_member_is_refused_and_told_whom_to_ask(seeded: Path, tmp_path: Path) -> None:
    """Without names in the settings, the workspace's admins."""
    reload = Asked()
    with reloading(seeded, tmp_path, reload) as slack:
        assert told(slack, "reload", "Only admins", user=BEN) == (
            "Only admins may reload the papers. Please ask a workspace admin."
        )
        assert len(texts(slack, user=BEN)) == 1
    assert reload.by == []


@pytest.mark.parametrize(
    ("admins", "asked"),
    [((ANA, "U0NOBODY01"), "ana"), (("U0NOBODY01",), "a workspace admin")],
)
def test_whom_the_settings_name_is_named_without_a_mention(
    seeded: Path, tmp_path: Path, admins: tuple[str, ...], asked: str
) -> None:
    """Whom Slack does not know is left out."""
    with reloading(seeded, tmp_path, Asked(), admins=admins) as slack:
        assert told(slack, "reload", "Only", user=BEN).endswith(f"Please ask {asked}.")


def test_three_are_named_at_most(seeded: Path, tmp_path: Path) -> None:
    """And Slack is asked for no more."""
    admins = [f"U0NOBODY{each:02}" for each in range(50)]
    with reloading(seeded, tmp_path, Asked(), admins=admins) as slack:
        told(slack, "reload", "Only", user=BEN)
        asked = [call.args["user"] for call in slack.calls if call.method == "users.info"]
    assert asked == [BEN, *admins[:3]]


def test_whom_the_settings_name_may_whatever_slack_says(seeded: Path, tmp_path: Path) -> None:
    """No admin of the workspace, and Slack need not be asked."""
    reload = Asked()
    with reloading(seeded, tmp_path, reload, admins=(BEN,)) as slack:
        slack.fail("users.info", Fault("missing_scope"), times=None)
        assert told(slack, "reload", "Reloaded", user=BEN) == DONE
    assert reload.by == ["ben"]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("missing_scope"), "does not let me look"),
        (Fault.dropped(), "does not answer just now"),
        (Fault.ratelimited(), "does not answer just now"),
    ],
)
def test_where_slack_does_not_say_who_is_an_admin_nobody_is(
    seeded: Path, tmp_path: Path, fault: Fault, why: str
) -> None:
    """And the way around is named."""
    reload = Asked()
    with reloading(seeded, tmp_path, reload) as slack:
        slack.fail("users.info", fault)
        assert told(slack, "reload", "I could not") == (
            f"I could not find out who is an admin here: Slack {why}. {UNKNOWN}"
        )
    assert reload.by == []


def test_a_second_one_is_told_whose_is_under_way(seeded: Path, tmp_path: Path) -> None:
    """Before it says that it has begun; the status says so too."""

    class Busy(Library):
        def status(self) -> Status:
            return Status(382, 386, {}, {}, load(""), "ben's reload")

    reload = Asked()
    with reloading(seeded, tmp_path, reload, Busy) as slack:
        assert told(slack, "reload", "under way") == "ben's reload is under way; see /paper status."
        assert "ben's reload is under way." in told(slack, "status", "Paperboy").splitlines()
        assert len(texts(slack)) == 2
    assert reload.by == []


def test_one_that_another_was_quicker_than_is_told_so(seeded: Path, tmp_path: Path) -> None:
    """What refuses it is said as it stands."""
    error = UserError("ben's reload is under way")
    with reloading(seeded, tmp_path, failing(error)) as slack:
        assert told(slack, "reload", "under way") == f"{error}; see /paper status."


def test_a_failure_says_what_is_served_on(
    seeded: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line, which the log has too."""
    with reloading(seeded, tmp_path, failing(OperatorError("<!here> is not readable."))) as slack:
        assert told(slack, "reload", "failed") == (
            "Reload failed: &lt;!here&gt; is not readable. Still serving 382 papers, loaded 2 h ago."
        )
        assert len(texts(slack)) == 2
    assert "ana's reload failed: <!here> is not readable." in caplog.messages


def test_a_failure_without_papers_says_that_there_are_none(tmp_path: Path, corpus: Path) -> None:
    """Before and after."""
    library = Library.at(tmp_path / "a.db", [corpus], lambda: LOADED_AT)
    with (
        LocalSlack(scopes=SCOPES) as slack,
        answering(slack, library, tmp_path / "a.db", reload=failing(OperatorError("it is empty"))),
    ):
        assert told(slack, "reload", "failed") == "Reload failed: it is empty. No papers are loaded."
        assert texts(slack)[0] == "Reloading… no papers are loaded yet."


def test_an_unexpected_fault_is_an_apology_with_a_code(
    seeded: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Never an exception's text, which the log has."""
    with reloading(seeded, tmp_path, failing(RuntimeError("sensitive"))) as slack:
        text = told(slack, "reload", "Sorry")
    reference = text.rpartition("`")[0].rpartition("`")[2]
    logged = [record for record in caplog.records if record.name == "bot.slack.guard"]
    assert [(each.getMessage(), each.levelno) for each in logged] == [
        (f"reload failed [{reference}]", logging.ERROR)
    ]
    assert "sensitive" not in text


def test_one_that_takes_long_says_once_how_far_it_is(seeded: Path, tmp_path: Path) -> None:
    """After twenty seconds by the clock."""
    now = [LOADED_AT]

    def reload(who: str, told: Callable[[Progress], None]) -> Loaded:
        for read, seconds in enumerate((0, 19, 1, 100, 100)):
            now[0] += timedelta(seconds=seconds)
            told(Progress(5, read, 80 * read, read / 5))
        return load(who)

    def clock() -> datetime:
        return now[0]

    with reloading(seeded, tmp_path, reload, clock=clock) as slack:
        told(slack, "reload", "Reloaded")
        assert texts(slack) == [BEGUN, "Reloading… 2 of 5 files read.", DONE]


def test_what_the_response_url_does_not_take_is_whispered(seeded: Path, tmp_path: Path) -> None:
    """As after 30 minutes."""
    with reloading(seeded, tmp_path, Asked(), limits=Limits(response_url_uses=1)) as slack:
        assert told(slack, "reload", "Reloaded") == DONE
        assert texts(slack) == [BEGUN, DONE]
        assert [call.method for call in slack.calls].count("chat.postEphemeral") == 1


def test_what_cannot_be_told_does_not_hold_it_up(
    seeded: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing takes the first message, the result comes all the same."""
    with reloading(seeded, tmp_path, Asked()) as slack:
        slack.fail("response_url", Fault.ratelimited())
        assert slack.command("reload", channel=PRIVATE).acknowledged  # where the bot is not
        slack.wait_for_message("Reloaded", channel=PRIVATE, user=ANA)
        assert texts(slack, PRIVATE) == [DONE]
    assert [each for each in caplog.messages if each.startswith("the asker could not be told")]


def test_it_works_in_the_bots_own_messages(seeded: Path, tmp_path: Path) -> None:
    """Where Slack says who asks by their id alone."""
    reload = Asked()
    with reloading(seeded, tmp_path, reload, admins=(BEN,)) as slack:
        for user in (ANA, BEN):
            channel = slack.workspace.direct(user).id
            slack.say("reload", channel=channel, user=user)
            slack.wait_for_message("Reloaded", channel=channel)
    assert reload.by == ["ana", "ben"]


def test_it_takes_no_listeners_thread(seeded: Path, tmp_path: Path) -> None:
    """More reloads under way than there are listeners hold up no search."""
    release = threading.Event()

    def reload(who: str, _told: Callable[[Progress], None]) -> Loaded:
        release.wait(60)
        return load(who)

    with reloading(seeded, tmp_path, reload) as slack:
        for _ in range(LISTENERS + 1):
            assert slack.command("reload").acknowledged
        slack.command("--me loramoe")
        slack.wait_for_message("*loramoe*", user=ANA)
        release.set()
        slack.wait_for(lambda each: texts(each).count(DONE) == LISTENERS + 1)
