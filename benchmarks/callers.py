"""People who type /paper into a local Slack, and note when the answer is there.

Law: each caller has a channel of their own and one question under way, so that what is posted there is its
answer. The clock runs from the moment the signed request leaves to the moment the message is in the channel;
making and signing the request come before, the acknowledgement is awaited beside.
"""

import http.client
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.playground import ANA, BOT, TEAM, Channel, LocalSlack
from bot.playground.deliver import signature
from bot.playground.payloads import Deed, command

PATIENCE = 10  # seconds

Check = Callable[[str, Mapping[str, Any]], bool]  # question, message → whether it is an answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question: seconds to its answer; `fault` says why there was none, or empty."""

    seconds: float
    fault: str = ""


class Caller:
    """Somebody in a channel of their own, asking one app over one connection that stays open."""

    def __init__(self, slack: LocalSlack, place: int) -> None:
        self._slack = slack
        self._channel = Channel(f"C0BENCH{place:03}", f"bench-{place}", "channel", {ANA, BOT})
        self._answered = threading.Event()
        self._answer: tuple[float, Mapping[str, Any]] = (0.0, {})
        slack.workspace.channels[self._channel.id] = self._channel
        slack.workspace.listen(self._hear)

    def connect(self, url: str) -> AbstractContextManager[http.client.HTTPConnection]:
        """Open the connection to an app."""
        return closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE))

    def ask(self, connection: http.client.HTTPConnection, path: str, question: str, check: Check) -> Exchange:
        """Type `/paper question` and wait for the acknowledgement and the answer."""
        body = self._body(question)
        headers = _signed(self._slack.signing_secret, body)
        self._answered.clear()
        begun = time.perf_counter()
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()  # the next request opens it again
            return Exchange(0.0, f"no acknowledgement: {error!r}")
        if response.status != http.client.OK:
            return Exchange(0.0, f"refused: {response.status} {said.decode()[:80]}")
        if not self._answered.wait(PATIENCE):
            return Exchange(0.0, "no answer")
        arrived, message = self._answer
        fits = check(question, message)
        return Exchange(
            arrived - begun, "" if fits else f"{question!r} was answered by {message['text'][:80]!r}"
        )

    def _body(self, question: str) -> bytes:
        workspace = self._slack.workspace
        secret = workspace.grants.response_url(self._channel.id, ANA)
        url = f"{self._slack.url}/commands/{TEAM}/{secret}"
        deed = Deed(workspace.users[ANA], workspace.grants.trigger(ANA), self._channel, url)
        return urlencode(command(deed, "/paper", question)).encode()

    def _hear(self, event: Mapping[str, Any], _only_for: str | None) -> None:
        message = event.get("message")
        if message and message["channel"] == self._channel.id:
            self._answer = (time.perf_counter(), message)
            self._answered.set()


def one_at_a_time(caller: Caller, url: str, questions: Sequence[str], check: Check) -> list[Exchange]:
    """Ask the questions one after the other."""
    path = urlsplit(url).path
    with caller.connect(url) as connection:
        return [caller.ask(connection, path, question, check) for question in questions]


def at_once(
    callers: Sequence[Caller], url: str, questions: Sequence[str], check: Check
) -> tuple[list[Exchange], float]:
    """Share the questions between the callers, all asking at the same time; also returns the seconds."""
    shares = [questions[place :: len(callers)] for place in range(len(callers))]
    exchanges: list[list[Exchange]] = [[] for _ in callers]

    def work(place: int) -> None:
        exchanges[place] = one_at_a_time(callers[place], url, shares[place], check)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(callers))]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [each for share in exchanges for each in share], time.perf_counter() - begun


def _signed(secret: str, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body.decode()),
    }
