"""What Slack does to answers, in a real socket: refusals, outages, dropped connections."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from bot.library import Library
from bot.playground import ANA, IM, SAFETY, TEAM, Call, Fault, LocalSlack
from bot.slack.buttons import SHARE
from bot.slack.claims import Claims, Kind
from tests.conftest import LOADED_AT
from tests.slack.conftest import SCOPES, answering
from tests.slack.deeds import press, said

SORRY, UNSURE = "Sorry, that went wrong", "Slack did not say whether it posted that"
BUSY, UNSEEN = "Slack is busy; please try again in a minute.", "If you see no answer: "
MAYBE = "That may be in the channel already"


@pytest.mark.parametrize(
    ("fault", "part", "seen"),
    [
        (Fault.ratelimited(), BUSY, 0),
        (Fault.outage(500), UNSURE, 0),
        (Fault.outage(503, done=True), UNSURE, 1),
        (Fault.dropped(), UNSURE, 0),
        (Fault.dropped(done=True), UNSURE, 1),
    ],
    ids=["429", "500", "503 when done", "dropped", "dropped when done"],
)
def test_an_answer_that_fails_is_told_and_never_doubled(
    slack: LocalSlack, fault: Fault, part: str, seen: int
) -> None:
    """The asker gets a sentence; the channel has the results at most once."""
    slack.fail("response_url", fault)
    assert slack.command("lora moe").acknowledged
    assert slack.wait_for_message(part, user=ANA)["ephemeral"] is True
    assert len(slack.messages()) == seen


def test_a_share_that_slack_refused_can_be_tried_again(slack: LocalSlack) -> None:
    """The person is told to wait, and the next press shares."""
    note = said(slack, "--me lora moe", "*lora moe*")
    slack.fail("response_url", Fault.ratelimited())
    press(slack, note, "Share here")
    busy = slack.wait_for_message(BUSY, user=ANA)
    press(slack, note, "Share here")
    shared = slack.wait_for_message("shared by ana")
    slack.wait_for(lambda each: each.messages(user=ANA) == [busy, shared])


@pytest.mark.parametrize(("fault", "seen"), [(Fault.dropped(), 0), (Fault.dropped(done=True), 1)])
@pytest.mark.parametrize(
    ("typed", "label", "again"),
    [
        ("--me lora moe", "Share here", "`/paper search lora moe`"),
        ("similar 2305.14710", "Share here", "`/paper similar 2305.14710`"),
        ("show 2305.14710", "Share here", "`/paper show 2305.14710`"),
        ("backdor atack", "Search backdoor attack", "`/paper search backdoor attack`"),
    ],
)
def test_an_unsure_share_keeps_its_note(
    slack: LocalSlack, fault: Fault, seen: int, typed: str, label: str, again: str
) -> None:
    """It does not go out again, and each press says to look, and what to type if it is not there."""
    assert slack.command(typed).acknowledged
    note = slack.wait_for_message(user=ANA)
    slack.fail("response_url", fault)
    after = note["ts"]
    for _ in range(2):
        press(slack, note, label)
        told = slack.wait_for_message(MAYBE, user=ANA, after=after)
        assert told["text"].splitlines()[1] == f"Please look. If it is not there, ask again with {again}."
        after = told["ts"]
    assert [message["ephemeral"] for message in slack.messages(user=ANA)].count(False) == seen
    assert note in slack.messages(user=ANA)


def test_a_share_that_a_crash_cut_short_is_unsure(library: Library, db: Path) -> None:
    """What was claimed before it, nobody knows to be done."""
    with LocalSlack(scopes=SCOPES) as slack:
        with answering(slack, library, db):
            note = said(slack, "--me lora moe", "*lora moe*")
        claims = Claims(db, lambda: LOADED_AT + timedelta(hours=2))
        assert claims.first(Kind.SHARE, TEAM, SAFETY, note["ts"], ANA, SHARE)
        with answering(slack, library, db):
            press(slack, note, "Share here")
            assert slack.wait_for_message(MAYBE, user=ANA)["ephemeral"] is True
        assert [message["ephemeral"] for message in slack.messages(user=ANA)] == [True, True]
        assert note in slack.messages(user=ANA)


@pytest.mark.parametrize("label", ["More results", "Similar", "BibTeX"])
@pytest.mark.parametrize(("fault", "part"), [(Fault.dropped(), UNSEEN), (Fault.ratelimited(), BUSY)])
def test_what_only_the_asker_sees_may_be_asked_for_again(
    slack: LocalSlack, label: str, fault: Fault, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is posted twice by that; the log has a line, and no traceback."""
    typed = "--me lora moe" if label == "More results" else "show 2305.14710"
    note = said(slack, typed, "Share here")
    slack.fail("response_url", fault)
    press(slack, note, label)
    assert slack.wait_for_message(part, user=ANA)["ephemeral"] is True
    logged = [record for record in caplog.records if record.name.startswith("bot.")]
    assert [(record.levelname, record.exc_info) for record in logged] == [("WARNING", None)]


@pytest.mark.parametrize("fault", [Fault.ratelimited(), Fault.dropped()])
def test_a_note_that_stays_is_no_fault(slack: LocalSlack, fault: Fault) -> None:
    """What was shared is shared; a further press takes the note away."""
    note = said(slack, "--me lora moe", "*lora moe*")
    met = threading.Event()

    def failing(call: Call) -> Fault | None:
        if "delete_original" not in call.args:
            return None
        met.set()
        return fault

    slack.fail_by(failing)
    press(slack, note, "Share here")
    assert met.wait(10)
    slack.clear_faults()
    press(slack, note, "Share here")
    slack.wait_for(lambda each: [message["ephemeral"] for message in each.messages(user=ANA)] == [False])


def test_a_busy_slack_costs_a_line_in_the_log(slack: LocalSlack, caplog: pytest.LogCaptureFixture) -> None:
    """Though nobody can be told either."""
    slack.fail("chat.postMessage", Fault.ratelimited(), times=2)
    slack.say("lora moe", channel=IM)
    slack.wait_for(lambda each: len([c for c in each.calls if c.method == "chat.postMessage"]) > 1)
    slack.say("status", channel=IM)
    slack.wait_for_message("*382 papers*", channel=IM)
    logged = [record for record in caplog.records if record.name.startswith("bot.")]
    assert [(record.levelname, record.exc_info, record.getMessage()) for record in logged] == [
        ("WARNING", None, "on_message: chat_postMessage: ratelimited"),
        ("WARNING", None, "the asker could not be told: chat_postMessage: ratelimited"),
    ]


def test_direct_messages_survive_an_outage(slack: LocalSlack) -> None:
    """The person is told in the conversation."""
    slack.fail("chat.postMessage", Fault.outage(500))
    slack.say("lora moe", channel=IM)
    assert slack.wait_for_message(UNSURE, channel=IM)["ephemeral"] is False


@pytest.mark.parametrize(
    "typed",
    [
        "&", "<", ">", "<>", "<|>", "<https://|>", '"', '"""""', "-", "- -", "--", "--me --me", "title:",
        "year:20x3", "year:2024..2022", "author:", "source:nowhere", "bib <", "show <https://x",
        "similar 0", "bib 0,0,,0",
        "show " + "9" * 3000, "bib " + "1 " * 1500, "\u202e", "🙂 🙂", "د", "()[]{}", "%s %d", "\\",
        "search search", "help help", "help --me", "status status", "/paper lora", "null", "None", "0",
        "1" * 500, "AND OR NOT",
    ],
)  # fmt: skip
def test_nonsense_is_answered(slack: LocalSlack, typed: str) -> None:
    """Whatever is typed gets an answer, and none of them is an apology."""
    assert slack.command(typed).acknowledged
    assert SORRY not in slack.wait_for_message(user=ANA)["text"]
