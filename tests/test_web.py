import contextlib
import errno
import hashlib
import hmac
import os
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from bot import logs
from bot.answers import Loaded, Progress
from bot.connect import bolt_app
from bot.errors import OperatorError, UserError
from bot.library import Library
from bot.playground import LocalSlack
from bot.probes import Metrics, probes
from bot.settings import Settings
from bot.slack.http import endpoint
from bot.web import SLACK_PATH, port_refused, routes, serving
from tests.conftest import LOADED_AT
from tests.slack.conftest import upkeep
from tests.slack.extremes import load

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.fixture
def web(library: Library) -> Iterator[httpx.Client]:
    """Yield a client of the HTTP port of the app."""
    metrics = Metrics(lambda: library.size)
    with contextlib.ExitStack() as stack:
        slack = stack.enter_context(LocalSlack())
        settings = Settings(bot_token=slack.bot_token, signing_secret=SECRET, api_url=slack.api_url)
        app = stack.enter_context(
            bolt_app(settings, library, lambda: LOADED_AT, metrics, upkeep(settings.db))
        )
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
        (b'{"type": "url_verification", "challenge": "x"}', "Application/JSON; charset=x", 0, SECRET, 200),
        (b'{"type": "event_callback", "event": {"type": "x", "text": "\\ud800"}}', JSON, 0, SECRET, 200),
        (b'{"type": "url_verification", "challenge": "\\ud800\\u0000"}', JSON, 0, SECRET, 200),
        (b"command=%2Fother&text=%zz%ED%A0%80%00%", FORM, 0, SECRET, 200),
        (b'{"type": "event_callback", "event": "words"}', JSON, 0, SECRET, 400),
        (b'{"type": "event_callback", "event": null}', JSON, 0, SECRET, 400),
        (b'{"type": "view_submission", "view": null}', JSON, 0, SECRET, 400),
        (b'payload={"type": "block_actions", "actions": []}', FORM, 0, SECRET, 400),
        (b'payload={"type": "block_actions", "actions": [5]}', FORM, 0, SECRET, 400),
        (b'payload={"type": "block_actions", "actions": "words"}', FORM, 0, SECRET, 400),
        (b'{"type": "block_actions", "user": 5}', JSON, 0, SECRET, 400),
        (b'{"type": "event_callback", "authorizations": [5]}', JSON, 0, SECRET, 400),
        (b'{"type": "event_callback", "response_urls": 5}', JSON, 0, SECRET, 400),
        (b'{"type": ' + b"1" * 5_000 + b"}", JSON, 0, SECRET, 400),
        (b"{}", JSON, 0, SECRET, 404),
        (b"", FORM, 0, SECRET, 404),
    ],
)
def test_a_request_is_judged(
    web: httpx.Client,
    body: bytes,
    content_type: str,
    age: int,
    secret: str,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bad or stale signature is 401; then a body that cannot be read is 400, without a traceback.

    Huge ones are 413.
    """
    assert post(web, body, content_type, age=age, secret=secret) == status
    refused = [record.getMessage() for record in caplog.records if status == 400]
    assert refused == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "3"}, 401),
        ({"Content-Length": "3", "X-Slack-Signature": "v0=x"}, 401),
        ({"Content-Length": "3", "X-Slack-Signature": "v0=\xe9", "X-Slack-Request-Timestamp": "NOW"}, 401),
        ({"Content-Length": "3", "X-Slack-Signature": "v0=x", "X-Slack-Request-Timestamp": "9" * 400}, 401),
        ({"Content-Length": "3", "X-Slack-Signature": "v0=x", "X-Slack-Request-Timestamp": "9" * 5_000}, 401),
        ({"Content-Length": "3", "X-Slack-Signature": "v0=x", "X-Slack-Request-Timestamp": "\xb2"}, 401),
        ({"Content-Length": "2"}, 401),
        ({"Content-Length": "-3"}, 400),
        ({"Content-Length": "three"}, 400),
        ({"Content-Length": "99999999999"}, 413),
        ({"Transfer-Encoding": "chunked"}, 400),
        ({}, 401),
    ],
)
def test_a_strangers_request_is_refused(
    web: httpx.Client, headers: dict[str, str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a stranger claims of a body, the answer is 4xx, and the log says nothing of it."""
    given = {**headers, "Connection": "close"}
    lines = [f"{name}: {value.replace('NOW', str(int(time.time())))}\r\n" for name, value in given.items()]
    request = f"POST {SLACK_PATH} HTTP/1.1\r\nHost: x\r\n{''.join(lines)}\r\na=b\r\n"
    with socket.create_connection((web.base_url.host, web.base_url.port or 0), timeout=20) as connection:
        connection.sendall(request.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
    assert (int(answer.split()[1]), caplog.records) == (status, [])


def test_a_body_in_chunks_is_read(web: httpx.Client) -> None:
    """Its signature holds for all of it."""
    body = b"command=%2Fother&text=help&user_id=U1&team_id=T1"
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "content-type": FORM,
        "x-slack-signature": f"v0={signature}",
        "x-slack-request-timestamp": stamp,
    }
    assert web.post(SLACK_PATH, content=iter([body[:9], body[9:]]), headers=headers).status_code == 200


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


def test_reloads_are_counted() -> None:
    """By what became of them, unless they are refused; what they raise and return passes through."""
    metrics = Metrics(lambda: 0)
    brought, heard = load("ana"), list[Progress]()

    def reload(who: str, told: Callable[[Progress], None]) -> Loaded:
        told(Progress(1, 0, 0, 0.5))
        if who == "ben":
            raise UserError("ana's reload is under way")
        if who == "cem":
            raise OperatorError("no corpus")
        return brought

    counted = metrics.counted(reload)
    assert (counted("ana", heard.append), heard) == (brought, [Progress(1, 0, 0, 0.5)])
    for who, error in (("ben", UserError), ("cem", OperatorError), ("cem", OperatorError)):
        with pytest.raises(error):
            counted(who, heard.append)
    lines = probes(metrics, lambda: "")["/metrics"]()[2].splitlines()
    assert [line for line in lines if line.startswith("paperboy_reloads_total")] == [
        'paperboy_reloads_total{outcome="done"} 1.0',
        'paperboy_reloads_total{outcome="failed"} 2.0',
    ]


def test_digests_are_counted() -> None:
    """Messages by what became of them, how late they were claimed, and when it was last asked what is due."""
    metrics = Metrics(lambda: 0)
    for outcome in ("claimed", "posted", "replied", "posted"):
        metrics.posted(outcome)
    for seconds in (0.5, 59.0, 86_400.0, 700_000.0):
        metrics.lagged(seconds)
    metrics.ticked(LOADED_AT)
    lines = probes(metrics, lambda: "")["/metrics"]()[2].splitlines()
    told = [line for line in lines if line.startswith("paperboy_digest_posts_total")]
    assert told == [
        'paperboy_digest_posts_total{outcome="claimed"} 1.0',
        'paperboy_digest_posts_total{outcome="posted"} 2.0',
        'paperboy_digest_posts_total{outcome="replied"} 1.0',
    ]
    lags = [
        line.removeprefix("paperboy_digest_lag_seconds") for line in lines if "lag_seconds_bucket" in line
    ]
    assert [float(lag.partition(" ")[2]) for lag in lags] == [1, 1, 2, 2, 2, 2, 3, 3, 4]
    assert "paperboy_digest_lag_seconds_sum 786459.5" in lines
    ticked = [line for line in lines if line.startswith("paperboy_last_tick_seconds")]
    assert [float(line.split()[1]) for line in ticked] == [LOADED_AT.timestamp()]


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


def test_a_port_that_takes_more_rights_is_named() -> None:
    """Port 80 belongs to root."""
    error = OSError(errno.EACCES, os.strerror(errno.EACCES))
    assert str(port_refused("127.0.0.1", 80, error)) == (
        "cannot listen on 127.0.0.1:80 (Permission denied); another PAPERBOY_PORT may be free"
    )


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("192.0.2.1", "Cannot assign requested address"),
        ("no such host", "not the name of a host"),
        ("ü..b", "not the name of a host"),
    ],
)
def test_a_host_that_is_not_ours_is_named(host: str, why: str) -> None:
    """No port of another machine can be had."""
    with pytest.raises(OperatorError) as refused, serving(routes({}), host, 0):
        pass
    assert str(refused.value) == (
        f"cannot listen on {host}:0 ({why}); PAPERBOY_HOST must be an address of this machine"
    )
