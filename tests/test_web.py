import contextlib
import hashlib
import hmac
import time
from collections.abc import Iterator

import httpx
import pytest

from bot import logs
from bot.app import bolt_app
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.playground import LocalSlack
from bot.probes import Metrics, probes
from bot.settings import Settings
from bot.slack.http import endpoint
from bot.web import SLACK_PATH, routes, serving
from tests.conftest import LOADED_AT

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def web(library: Library) -> Iterator[httpx.Client]:
    """Yield a client of the HTTP port of the app."""
    metrics = Metrics(lambda: library.size)
    with contextlib.ExitStack() as stack:
        slack = stack.enter_context(LocalSlack())
        settings = Settings(bot_token=slack.bot_token, signing_secret=SECRET, api_url=slack.api_url)
        app = stack.enter_context(bolt_app(settings, library, lambda: LOADED_AT, metrics))
        application = routes(probes(metrics, lambda: ""), endpoint(app, SECRET))
        address = stack.enter_context(serving(application, "127.0.0.1", 0))
        yield stack.enter_context(httpx.Client(base_url=address, trust_env=False))


def post(web: httpx.Client, body: bytes, content_type: str, *, age: int = 0, secret: str = SECRET) -> int:
    """Post a body signed so many seconds ago; returns the status."""
    return signed(web, body, content_type, age=age, secret=secret).status_code


def signed(
    web: httpx.Client, body: bytes, content_type: str, *, age: int = 0, secret: str = SECRET
) -> httpx.Response:
    """Post a body signed so many seconds ago."""
    stamp = str(int(time.time()) - age)
    signature = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": content_type,
        "x-slack-signature": f"v0={signature}",
        "x-slack-request-timestamp": stamp,
    }
    return web.post(SLACK_PATH, content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "content_type", "age", "secret", "status"),
    [
        (b"command=%2Fpaper&text=help&user_id=U1&team_id=T1", FORM, 0, SECRET, 200),
        (b"command=%2Fpaper&text=help&user_id=U1&team_id=T1", FORM, 0, "wrong", 401),
        (b"command=%2Fpaper&text=help&user_id=U1&team_id=T1", FORM, 400, SECRET, 401),
        (b"{not json", "application/json", 0, SECRET, 400),
        (b"payload=%7Bnot+json", FORM, 0, SECRET, 400),
        (b"\xff\xfe", "application/json", 0, SECRET, 400),
        (b"[]", "application/json", 0, SECRET, 400),
        (b"payload=1", FORM, 0, SECRET, 400),
        (b'{"a":' * 100_000, "application/json", 0, SECRET, 400),
        (b"{not json", "application/json", 0, "wrong", 401),
        (b"null", "application/json", 0, "wrong", 401),
        (b"x" * (1 << 20), FORM, 0, SECRET, 413),
        (b"command=%2Fpaper&text=payload+injection&user_id=U1&team_id=T1", FORM, 0, SECRET, 200),
        (b'{"type": "url_verification", "challenge": "x"}', "application/json", 0, SECRET, 200),
        (b"ssl_check=1&token=x", FORM, 0, SECRET, 200),
    ],
)
def test_a_request_is_judged(
    web: httpx.Client, body: bytes, content_type: str, age: int, secret: str, status: int
) -> None:
    """A bad or stale signature is 401; then a body that cannot be read is 400. Huge ones are 413."""
    assert post(web, body, content_type, age=age, secret=secret) == status


def test_slack_can_verify_the_address(web: httpx.Client) -> None:
    """The challenge comes back, so that Slack takes the address."""
    body = b'{"type": "url_verification", "challenge": "3eZbrw1a"}'
    assert signed(web, body, "application/json").json() == {"challenge": "3eZbrw1a"}


def test_a_badly_signed_body_is_not_logged(web: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    """What a stranger sends does not fill the log."""
    logs.quieten()
    post(web, b"command=%2Fpaper&text=stranger", FORM, secret="wrong")
    assert "stranger" not in caplog.text


def test_probes_answer(web: httpx.Client) -> None:
    """The process is alive, ready, and tells how it does."""
    assert (web.get("/healthz").status_code, web.get("/healthz").text) == (200, "alive\n")
    assert (web.get("/readyz").status_code, web.get("/readyz").text) == (200, "ready\n")
    assert "paperboy_papers 382.0" in web.get("/metrics").text.splitlines()


def test_searches_are_counted(library: Library) -> None:
    """The time of each search goes into the metrics."""
    metrics = Metrics(lambda: 0)
    timed = metrics.timed(library.search)
    assert timed("loramoe", 1).total == 1
    with pytest.raises(UserError):
        timed("the", 1)
    text = probes(metrics, lambda: "")["/metrics"]()[2]
    assert "paperboy_search_seconds_count 2.0" in text.splitlines()


def test_other_addresses_and_methods_are_refused(web: httpx.Client) -> None:
    """What is not there is 404; Slack's address takes POST alone."""
    assert [
        web.get("/").status_code,
        web.post("/healthz").status_code,
        web.get(SLACK_PATH).status_code,
        web.head("/healthz").status_code,
    ] == [404, 404, 405, 200]


def test_unready_says_what_is_missing() -> None:
    """/readyz is 503 with the reason."""
    metrics = Metrics(lambda: 0)
    with serving(routes(probes(metrics, lambda: "no papers are loaded")), "127.0.0.1", 0) as address:
        answer = httpx.get(f"{address}/readyz", trust_env=False)
    assert (answer.status_code, answer.text) == (503, "no papers are loaded\n")


def test_a_port_in_use_is_named() -> None:
    """Whoever starts a second one is told which port, and what to set."""
    with serving(routes({}), "127.0.0.1", 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(OperatorError) as refused, serving(routes({}), "127.0.0.1", port):
            pass
    assert str(refused.value) == (
        f"cannot listen on 127.0.0.1:{port} (Address already in use); another PAPERBOY_PORT may be free"
    )
