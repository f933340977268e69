"""The real app answers a real socket."""

import gc
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.answers import Answer
from bot.library import Library
from bot.playground import ANA, BEN, PRIVATE, TEAM, Limits, LocalSlack
from bot.slack import render
from bot.slack.render import Message
from tests.conftest import LOADED_AT
from tests.slack.conftest import answering

Json = dict[str, Any]


def test_a_search_answers_in_the_channel(slack: LocalSlack) -> None:
    """Everybody in the channel sees the papers, without previews of their links."""
    assert slack.command("backdoor instruction tuning").acknowledged
    message = slack.wait_for_message("Instructions as Backdoors")
    assert message["ephemeral"] is False
    assert message["text"].splitlines()[0] == (
        "*backdoor instruction tuning* · 2 papers have every word, 128 have some"
    )
    assert slack.messages(user=BEN) == slack.messages(user=ANA) == [message]


def test_previews_of_links_are_switched_off(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is posted to the response URL asks Slack for no unfurling."""
    bodies: list[Json] = []
    original = WebhookClient.send_dict

    def noting(self: WebhookClient, **given: Any) -> WebhookResponse:
        bodies.append(given["body"])
        return original(self, **given)

    monkeypatch.setattr(WebhookClient, "send_dict", noting)
    slack.command("lora moe")
    slack.wait_for_message("LoRAMoE")
    assert [(body["unfurl_links"], body["unfurl_media"]) for body in bodies] == [(False, False)]


def test_a_search_for_payload_is_a_search(slack: LocalSlack) -> None:
    """Bolt's own parser would take the word for an interaction."""
    assert slack.command("payload backdoor").acknowledged
    assert slack.wait_for_message("*payload backdoor*", user=ANA)["text"].startswith("*payload backdoor* · ")


def test_slow_searches_hold_up_nobody(seeded: Path, tmp_path: Path) -> None:
    """With ten searches under way that do not end, help is still answered."""
    release = threading.Event()

    class Slow(Library):
        def search(self, text: str, limit: int, skip: int = 0) -> Answer:
            release.wait(20)
            return super().search(text, limit, skip)

    with LocalSlack() as slack, answering(slack, Slow.at(seeded, [], lambda: LOADED_AT), tmp_path / "a.db"):
        for _ in range(10):
            assert slack.command("lora moe").acknowledged
        assert slack.command("help").acknowledged
        assert slack.wait_for_message("Paperboy", user=ANA)["ephemeral"] is True
        release.set()
        slack.wait_for(lambda each: len(each.messages()) == 10)


def test_me_answers_the_asker_alone(slack: LocalSlack) -> None:
    """With --me nobody else sees the answer."""
    slack.command("--me lora moe")
    assert slack.wait_for_message("LoRAMoE", user=ANA)["ephemeral"] is True
    assert slack.messages(user=BEN) == []


def test_the_bot_need_not_be_in_the_channel(slack: LocalSlack) -> None:
    """A private channel that the bot is not in gets its answer as well."""
    slack.command("lora moe", channel=PRIVATE)
    assert slack.wait_for_message("LoRAMoE", channel=PRIVATE)["ephemeral"] is False


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "*Paperboy* searches 382 papers and brings this channel the new ones."),
        ("help", "*Paperboy* searches 382 papers and brings this channel the new ones."),
        ("help search", "*Searching.*"),
        ("backdor atack", "No paper has *backdor* or *atack* (382 papers, loaded 2 h ago)."),
        ("help status", "*What is loaded*"),
        ("help me", "*For you alone*"),
        (
            "show banana1",
            "No paper here has the id banana1. Ids look like 2305.14710 or 2024.naacl-long.171; DOIs"
            " and links work as well, Semantic Scholar's too. For example: `/paper show 2305.14710`",
        ),
        ("similar x*1", "No paper here has the id x∗1."),
        ("similar x1", "Semantic Scholar's too. For example: `/paper similar 2305.14710`"),
        ("bib nope1", "links work as well. For example: `/paper bib 2305.14710 2311.09433`"),
        ("bibtex 2305.14710", "BibTeX of 1 paper: 2305.14710"),
        ("--me serach lora", "Did you mean `/paper --me search lora`?"),
        (
            "2305.14710,2311.09433",
            "One at a time: /paper show 2305.14710. BibTeX takes several: `/paper bib 2305.14710 2311.09433`",
        ),
        ("search", "Search for what? For example: `/paper search status quo bias`"),
        ("the of", "There is no word to search for:"),
        ("!!! …", "There is no word to search for:"),
        ("🙂", "There is no word to search for:"),
        ("a" * 501, "That query has 501 characters; I read up to 500."),
        ("x " * 2000, "That query has 3,999 characters; I read up to 500."),
        ("<!qqqq> <@U0ANA00001>", "No paper has *qqqq* or *U0ANA00001* (382 papers"),
        ("\x00qqqq\x07", "No paper has *qqqq* (382 papers"),
        ("*qqqq*", "No paper has *qqqq* (382 papers"),
    ],
)
def test_what_is_no_result_goes_to_the_asker_alone(slack: LocalSlack, typed: str, said: str) -> None:
    """Help, errors and empty results are seen by nobody else."""
    assert slack.command(typed).acknowledged
    message = slack.wait_for_message(said, user=ANA)
    assert message["ephemeral"] is True
    assert slack.messages(user=BEN) == []


def test_a_query_smuggles_in_nothing(slack: LocalSlack) -> None:
    """A query made of Slack's markup comes back as text."""
    slack.command("backdoor <!channel> & *x* `y`")
    text = slack.wait_for_message("backdoor")["text"].splitlines()[0]
    assert text.startswith("*backdoor &lt;!channel&gt; &amp; ∗x∗ ˋyˋ* · ")


def test_a_title_smuggles_in_nothing(corpus: Path, tmp_path: Path, db: Path) -> None:
    """A paper whose title is made of Slack's markup is shown as text."""
    abstract = "We study zebrafish under <!channel> and say so in many words, twice over. " * 5
    (corpus / "page.txt").write_text(
        f"new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\n"
        f"<!channel> Zebrafish *are* <@U1> @here\n\n{abstract}\n"
    )
    library = Library.at(tmp_path / "a.db", [corpus], lambda: LOADED_AT)
    with LocalSlack() as slack, answering(slack, library, db):
        slack.command("zebrafish")
        message = slack.wait_for_message("Zebrafish")
    assert "&lt;!channel&gt; Zebrafish ∗are∗ &lt;@U1&gt; @here" in message["blocks"][1]["text"]["text"]
    assert "<!" not in str(message)
    assert "<@" not in str(message)


def test_twenty_at_once_are_all_answered(slack: LocalSlack) -> None:
    """Twenty commands under way at once all get their papers."""
    with ThreadPoolExecutor(20) as people:
        sent = list(people.map(slack.command, [f"backdoor {number}" for number in range(20)]))
    assert [delivery.acknowledged for delivery in sent] == [True] * 20
    slack.wait_for(lambda each: len(each.messages()) == 20)


@contextmanager
def failing(error: Exception, seeded: Path, db: Path) -> Iterator[LocalSlack]:
    """Run the app with a library whose search raises."""

    class Broken(Library):
        def search(self, *_: Any, **__: Any) -> Answer:
            raise error

    broken = Broken.at(seeded, [], lambda: LOADED_AT)
    with LocalSlack() as slack, answering(slack, broken, db):
        yield slack


def test_a_fault_of_ours_is_acknowledged_and_told(
    seeded: Path, db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error gives the asker a sentence with a code, which the log has beside the traceback."""
    with failing(RuntimeError("sensitive"), seeded, db) as slack:
        assert slack.command("backdoor").acknowledged
        message = slack.wait_for_message("Sorry", user=ANA)
    assert message["ephemeral"] is True
    assert "sensitive" not in str(message)
    reference = message["text"].rpartition("`")[0].rpartition("`")[2]
    logged = [record for record in caplog.records if record.name == "bot.slack.guard"]
    assert [record.getMessage() for record in logged] == [f"on_paper failed [{reference}]"]
    assert logged[0].levelno == logging.ERROR


def test_before_a_load_a_search_says_so(tmp_path: Path, corpus: Path, db: Path) -> None:
    """With an empty corpus the asker is told where to look."""
    library = Library.at(tmp_path / "a.db", [corpus], lambda: LOADED_AT)
    with LocalSlack() as slack, answering(slack, library, db):
        slack.command("backdoor")
        assert slack.wait_for_message("No papers are loaded yet.", user=ANA)["ephemeral"] is True


def test_an_unknown_command_is_answered(library: Library, db: Path) -> None:
    """A command that Slack sends here by mistake gets a kind answer instead of a warning sign."""
    paper = {"command": "/paperx", "usage_hint": "", "description": ""}
    with LocalSlack(commands=[paper]) as slack, answering(slack, library, db):
        assert slack.command("x", command="/paperx").acknowledged
        assert slack.wait_for_message("I do not know `/paperx`.", user=ANA)["ephemeral"] is True


@pytest.mark.parametrize(
    "event",
    [
        {"type": "message", "text": "hello", "channel": "C0SAFETY01", "user": ANA, "ts": "1.2"},
        {"type": "message", "subtype": "message_changed", "channel": "C0SAFETY01", "ts": "1.2"},
        {"type": "app_mention", "text": "hello", "channel": "C0SAFETY01", "user": ANA, "ts": "1.2"},
        {"type": "never_heard_of"},
    ],
)
def test_every_event_is_taken(slack: LocalSlack, event: Json) -> None:
    """Slack counts no event as a failed delivery."""
    assert slack.event(event).acknowledged


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions", "actions": [{"action_id": "old", "block_id": "b", "type": "button"}]},
        {"type": "view_submission", "view": {"type": "modal", "callback_id": "old", "state": {"values": {}}}},
        {"type": "view_closed", "view": {"type": "modal", "callback_id": "old"}},
        {"type": "shortcut", "callback_id": "old"},
        {"type": "message_action", "callback_id": "old"},
        {"type": "block_suggestion", "action_id": "old", "block_id": "b", "value": "x"},
    ],
)
def test_every_interaction_is_acknowledged(slack: LocalSlack, payload: Json) -> None:
    """A button, form or shortcut of another version is taken, not answered with 404."""
    assert interaction(slack, payload) == 200


def interaction(slack: LocalSlack, payload: Json) -> int:
    """Send a signed interaction as Slack would; returns the status of the answer."""
    return signed(slack, {"payload": json.dumps({"user": {"id": ANA}, "team": {"id": TEAM}, **payload})})


def signed(slack: LocalSlack, form: dict[str, str]) -> int:
    """Send a signed form as Slack would; returns the status of the answer."""
    body = urlencode({"team_id": TEAM, "user_id": ANA, **form})
    return _signed(slack, body, "application/x-www-form-urlencoded")


def signed_json(slack: LocalSlack, body: Json) -> int:
    """Send a signed event as Slack would; returns the status of the answer."""
    return _signed(slack, json.dumps(body), "application/json")


def _signed(slack: LocalSlack, body: str, kind: str) -> int:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(slack.signing_secret).generate_signature(timestamp=stamp, body=body)
    assert slack.request_url
    assert signature
    headers = {
        "content-type": kind,
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature,
    }
    return httpx.post(slack.request_url, content=body, headers=headers, trust_env=False).status_code


def test_refused_blocks_go_out_as_text(
    slack: LocalSlack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A message whose blocks Slack refuses still reaches the asker, and the log says so."""
    broken = Message("the text", ({"type": "section", "text": {"type": "mrkdwn", "text": ""}},))
    monkeypatch.setattr(render, "help_page", lambda *_: broken)
    slack.command("help")
    message = slack.wait_for_message("the text", user=ANA)
    assert "blocks" not in message
    assert [record.levelname for record in caplog.records if record.name == "bot.slack.send"] == ["ERROR"]


def test_an_answer_that_slack_does_not_take_is_logged(
    library: Library, db: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nobody can be told, the log is; and Slack has its acknowledgement."""
    with LocalSlack(limits=Limits(response_url_uses=0)) as slack, answering(slack, library, db):
        assert slack.command("help").acknowledged
    logged = [record.getMessage() for record in caplog.records if record.name == "bot.slack.guard"]
    assert [line.partition(" [")[0] for line in logged] == [
        "on_paper failed",
        "the asker could not be told: the response URL answered 404 used_url",
    ]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # urllib leaves its socket
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 abc\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx",
    ],
)
def test_a_garbled_response_url_is_survived(slack: LocalSlack, answer: bytes) -> None:
    """A dropped or garbled answer costs one try for the message and one for the apology."""
    asked: list[bytes] = []

    def garble(listening: socket.socket) -> None:
        for _ in range(2):
            connection, _address = listening.accept()
            with connection:
                asked.append(connection.recv(100_000)[:4])
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=garble, args=[listening])
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert signed(slack, {"command": "/paper", "text": "help", "response_url": url}) == 200
        thread.join(10)
        assert not thread.is_alive()
    assert asked == [b"POST", b"POST"]
    gc.collect()


def test_a_command_without_a_response_url_is_acknowledged(slack: LocalSlack) -> None:
    """There is nobody to answer, and nothing breaks."""
    assert signed(slack, {"command": "/paper", "text": "help"}) == 200
