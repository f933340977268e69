"""What Slack does to answers, in a real socket: refusals, outages, dropped connections."""

import threading

import pytest

from bot.playground import ANA, Call, Fault, LocalSlack
from tests.slack.deeds import press, said

SORRY, UNSURE = "Sorry, that went wrong", "Slack did not say whether it posted that"


@pytest.mark.parametrize(
    ("fault", "part", "seen"),
    [
        (Fault.ratelimited(), SORRY, 0),
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


@pytest.mark.parametrize(
    ("fault", "seen"), [(Fault.ratelimited(), 1), (Fault.dropped(), 0), (Fault.dropped(done=True), 1)]
)
def test_a_share_that_fails_can_be_tried_again_if_it_is_not_out(
    slack: LocalSlack, fault: Fault, seen: int
) -> None:
    """Refused: the next press shares. Unsure: none does, and the person was told to look."""
    note = said(slack, "--me lora moe", "*lora moe*")
    slack.fail("response_url", fault)
    press(slack, note, "Share here")
    slack.wait_for(lambda each: len(each.messages(user=ANA)) > 1 + seen * (fault.done))
    press(slack, note, "Share here")
    slack.wait_for(lambda each: note["ts"] not in [message["ts"] for message in each.messages(user=ANA)])
    assert len(slack.messages()) == seen


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


def test_direct_messages_survive_an_outage(slack: LocalSlack) -> None:
    """The person is told in the conversation."""
    channel = "D0ANA00001"
    slack.fail("chat.postMessage", Fault.outage(500))
    slack.say("lora moe", channel=channel)
    assert slack.wait_for_message(UNSURE, channel=channel)["ephemeral"] is False


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
