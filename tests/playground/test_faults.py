"""Calls and answers that fail as they do with an overloaded Slack or a bad network."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import ANA, SAFETY, Call, Fault, LocalSlack

Answer = tuple[int, str]
POST = {"channel": SAFETY, "text": "x"}


@pytest.fixture
def caller(slack: LocalSlack) -> Iterator[httpx.Client]:
    """Yield a plain HTTP client with the bot's token."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    with httpx.Client(base_url=slack.api_url, headers=headers, trust_env=False) as session:
        yield session


@pytest.fixture
def url(slack: LocalSlack) -> str:
    """Return a response URL of a command that ana typed."""
    return f"{slack.url}/commands/T1/{slack.workspace.grants.response_url(SAFETY, ANA)}"


def texts(slack: LocalSlack) -> list[str]:
    """Return what stands in the channel, ana's own included."""
    return [each["text"] for each in slack.messages(user=ANA)]


def asked(client: httpx.Client, method: str, body: Any = None) -> Answer:
    """Return the status and body of a call."""
    response = client.post(method, json=body or {})
    return response.status_code, response.text


def outcomes(client: WebClient, count: int) -> list[str]:
    """Return how as many calls of auth.test end: with which error, or `ok`."""
    ends = []
    for _ in range(count):
        try:
            ends.append("ok" if client.auth_test()["ok"] else "")
        except SlackApiError as error:
            ends.append(error.response["error"])
    return ends


def test_ratelimited(slack: LocalSlack, caller: httpx.Client) -> None:
    """HTTP 429 has Slack's body and says when to come again; the next call is answered."""
    slack.fail("auth.test", Fault.ratelimited(7))
    response = caller.post("auth.test")
    seen = (response.status_code, response.json(), response.headers["Retry-After"])
    assert seen == (429, {"ok": False, "error": "ratelimited"}, "7")
    assert caller.post("auth.test").json()["ok"]


@pytest.mark.parametrize(
    ("status", "title"), [(500, "Server Error | Slack"), (503, "Service Unavailable | Slack")]
)
def test_outage(slack: LocalSlack, client: WebClient, status: int, title: str) -> None:
    """Slack's front answers with a page, in which its own client finds no JSON, and nothing is done."""
    slack.fail("chat.postMessage", Fault.outage(status))
    with pytest.raises(SlackApiError) as failed:
        client.chat_postMessage(channel=SAFETY, text="x")
    assert failed.value.response.status_code == status
    assert f"<title>{title}</title>" in str(failed.value)
    assert texts(slack) == []


def test_outage_after_the_effect(slack: LocalSlack, caller: httpx.Client) -> None:
    """An answer of 500 does not mean that nothing happened."""
    slack.fail("chat.postMessage", Fault.outage(500, done=True))
    response = caller.post("chat.postMessage", json=POST)
    assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (500, "text/html")
    assert texts(slack) == ["x"]


@pytest.mark.parametrize(("done", "left"), [(False, []), (True, ["x"])])
def test_dropped(slack: LocalSlack, caller: httpx.Client, *, done: bool, left: list[str]) -> None:
    """A connection that closes without an answer may have done its work or not."""
    slack.fail("chat.postMessage", Fault.dropped(done=done))
    with pytest.raises(httpx.RemoteProtocolError):
        caller.post("chat.postMessage", json=POST)
    assert texts(slack) == left


@pytest.mark.parametrize(("done", "left"), [(False, []), (True, ["x"])])
def test_slow(slack: LocalSlack, caller: httpx.Client, *, done: bool, left: list[str]) -> None:
    """A late answer holds nobody else up, comes when the faults are cleared, and is the true one."""
    slack.fail("chat.postMessage", Fault.slow(done=done))
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(caller.post, "chat.postMessage", json=POST)
        slack.wait_for(lambda each: each.calls and len(each.messages()) == len(left))
        assert (asked(caller, "api.test")[0], texts(slack), late.done()) == (200, left, False)
        slack.clear_faults()
        assert late.result().json()["ok"]
    assert texts(slack) == ["x"]


def test_slower_than_the_caller(slack: LocalSlack, caller: httpx.Client) -> None:
    """Whoever gives up on a slow answer does not know what became of the call."""
    slack.fail("chat.postMessage", Fault.slow(60, done=True))
    with pytest.raises(httpx.ReadTimeout):
        caller.post("chat.postMessage", json=POST, timeout=0.05)
    assert texts(slack) == ["x"]


def test_late_by_so_much(slack: LocalSlack, caller: httpx.Client) -> None:
    """A slow answer comes by itself when its time is over."""
    slack.fail("chat.postMessage", Fault.slow(0.001))
    assert caller.post("chat.postMessage", json=POST).json()["ok"]


def test_late_and_wrong(slack: LocalSlack, caller: httpx.Client) -> None:
    """An answer may be both late and an error."""
    slack.fail("auth.test", Fault("fatal_error", delay=0.001))
    assert asked(caller, "auth.test") == (200, '{"ok": false, "error": "fatal_error"}')


def test_several_times(slack: LocalSlack, client: WebClient) -> None:
    """As many calls fail as were said, those that were said first."""
    slack.fail("auth.test", Fault("fatal_error"), times=2)
    slack.fail("auth.test", Fault("internal_error"))
    assert outcomes(client, 4) == ["fatal_error", "fatal_error", "internal_error", "ok"]


def test_until_told_otherwise(slack: LocalSlack, client: WebClient) -> None:
    """A method may fail until its faults are cleared, and the others' are not."""
    for method in ("auth.test", "api.test"):
        slack.fail(method, Fault("fatal_error"), times=None)
    assert outcomes(client, 3) == ["fatal_error"] * 3
    slack.clear_faults("auth.test")
    assert outcomes(client, 1) == ["ok"]
    with pytest.raises(SlackApiError):
        client.api_test()


def test_all_cleared(slack: LocalSlack, client: WebClient) -> None:
    """Clearing everything clears what waits, what lasts and the chooser."""
    slack.fail("auth.test", Fault("fatal_error"), times=5)
    slack.fail("auth.test", Fault("fatal_error"), times=None)
    slack.fail_by(lambda _call: Fault("fatal_error"))
    slack.clear_faults()
    assert outcomes(client, 1) == ["ok"]


def test_chooser(slack: LocalSlack, client: WebClient) -> None:
    """A chooser sees every call for which nothing else is said, and says how it fails."""
    seen: list[Call] = []

    def every_other(call: Call) -> Fault | None:
        seen.append(call)
        return Fault("fatal_error") if len(seen) % 2 == 0 else None

    slack.fail("auth.test", Fault("internal_error"), times=None)
    slack.fail_by(every_other)
    assert outcomes(client, 2) == ["internal_error"] * 2
    slack.clear_faults("auth.test")
    assert outcomes(client, 3) == ["ok", "fatal_error", "ok"]
    assert seen == [Call("auth.test", {})] * 3


def test_chooser_sees_answers(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """A chooser sees the posts to response URLs too, and what is no JSON as nothing."""
    seen: list[Call] = []
    slack.fail_by(seen.append)
    http.post(url, json={"text": "x"})
    http.post(url, content=b"[")
    assert seen == [Call("response_url", {"text": "x"}), Call("response_url", {})]


def test_misspelt(slack: LocalSlack) -> None:
    """What is no method cannot be made to fail."""
    with pytest.raises(LookupError, match=r"no method 'chat.postMesage'"):
        slack.fail("chat.postMesage", Fault())


@pytest.mark.parametrize(
    ("fault", "answer", "left"),
    [
        (Fault("used_url", status=404), (404, "used_url"), []),
        (Fault.ratelimited(), (429, "ratelimited"), []),
        (Fault(), (500, "internal_error"), []),
        (Fault.slow(0.001), (200, "ok"), ["x"]),
        (Fault("internal_error", status=500, done=True), (500, "internal_error"), ["x"]),
    ],
)
def test_answers_fail(
    slack: LocalSlack, http: httpx.Client, url: str, fault: Fault, answer: Answer, left: list[str]
) -> None:
    """A post to a response URL fails by its status and a plain word, and one more may work."""
    slack.fail("response_url", fault)
    assert asked(http, url, {"text": "x"}) == answer
    assert texts(slack) == left
    assert asked(http, url, {"text": "y"}) == (200, "ok")


def test_failed_answers_are_not_counted(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """Of the five posts a response URL takes, only those count that were taken."""
    slack.fail("response_url", Fault.outage(), times=2)
    slack.fail("response_url", Fault("internal_error", status=500, done=True))
    statuses = [asked(http, url, {"text": "x"})[0] for _ in range(8)]
    assert statuses == [503, 503, 500, 200, 200, 200, 200, 404]


def test_dropped_answer(slack: LocalSlack, http: httpx.Client, url: str) -> None:
    """A post to a response URL can be lost with its connection."""
    slack.fail("response_url", Fault.dropped())
    with pytest.raises(httpx.RemoteProtocolError):
        http.post(url, json={"text": "x"})
    assert texts(slack) == []


def test_stop_does_not_wait(slack: LocalSlack, caller: httpx.Client) -> None:
    """Stopping the server ends an answer that is late."""
    slack.fail("auth.test", Fault.slow())
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(caller.post, "auth.test", timeout=None)
        slack.wait_for(lambda each: each.calls)
        slack.stop()
        assert isinstance(late.exception(), httpx.TransportError)
