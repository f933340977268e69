import gzip
import ssl
import threading
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import __version__
from bot.feeds.faults import FeedError
from bot.feeds.fetching import Client, Fetched, Validators, fetch
from bot.feeds.guard import Guard
from bot.feeds.wire import Limits
from tests.feeds.clocks import NOW, Clock, Running
from tests.feeds.server import Answer, Asked, Server, atom, entry

BODY = atom([entry(1)])
SENT = BODY.replace(b' encoding="UTF-8"', b"")
VALIDATORS = Validators('W/"abc"', "Mon, 30 Nov 2026 08:00:00 GMT")
TLS = ssl.create_default_context()
HEADERS = {"ETag": VALIDATORS.etag, "Last-Modified": VALIDATORS.modified}


def failed(client: Client, url: str) -> FeedError:
    """Return the fault of fetching."""
    with pytest.raises(FeedError) as error:
        fetch(client, url)
    return error.value


def why(client: Client, server: Server, answer: Answer) -> str:
    """Return the reason where a server answers so."""
    server.answers["/feed.xml"] = answer
    return failed(client, server.url()).reason


def packed(body: bytes, **headers: str) -> Answer:
    """Return an answer that is packed by gzip."""
    return Answer(body, headers={"Content-Encoding": "gzip", **headers})


def test_a_feed_is_fetched_with_its_validators(client: Client, server: Server) -> None:
    """Who asks says so, and what it takes."""
    server.answers["/feed.xml"] = Answer(BODY, headers=HEADERS)
    assert fetch(client, server.url("/feed.xml?a=b#c")) == Fetched(SENT, VALIDATORS)
    assert server.asked == [
        Asked(
            "/feed.xml?a=b",
            {
                "host": f"feeds.example:{server.port}",
                "user-agent": f"Paperboy/{__version__}",
                "accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9,"
                " */*;q=0.5",
                "accept-encoding": "gzip",
                "connection": "close",
            },
        )
    ]


def test_an_unchanged_feed_is_not_sent_again(client: Client, server: Server) -> None:
    """The server is asked for what has changed since."""

    def answer(asked: Asked) -> Answer:
        same = asked.headers.get("if-none-match") == VALIDATORS.etag
        return Answer(status=304) if same else Answer(BODY, headers=HEADERS)

    server.answers["/feed.xml"] = answer
    first = fetch(client, server.url())
    assert fetch(client, server.url(), first.validators) == Fetched(None, VALIDATORS, 304)
    assert server.asked[1].headers["if-modified-since"] == VALIDATORS.modified
    assert fetch(client, server.url(), Validators('"other"')).body == SENT


def test_unchanged_since_nothing_is_a_fault(client: Client, server: Server) -> None:
    """Nobody asked that."""
    assert why(client, server, Answer(status=304)) == "feeds.example sent no feed, but status 304."


@pytest.mark.parametrize("etag", ['"é"', '"' + "a" * 1_000 + '"', '"a\tb"'])
def test_validators_that_cannot_be_sent_back_are_not_kept(client: Client, server: Server, etag: str) -> None:
    """The feed is fetched anew then."""
    server.answers["/feed.xml"] = Answer(BODY, headers={"ETag": etag})
    assert fetch(client, server.url()) == Fetched(SENT, Validators())


@pytest.mark.parametrize("body", [gzip.compress(BODY), gzip.compress(BODY[:50]) + gzip.compress(BODY[50:])])
def test_gzip_is_unpacked(client: Client, server: Server, body: bytes) -> None:
    """Of several members, too."""
    server.answers["/feed.xml"] = packed(body)
    assert fetch(client, server.url()).body == SENT


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(BODY)[:-9], "feeds.example sent the feed damaged."),
        (gzip.compress(BODY)[:60] + b"\xff" * 60, "feeds.example sent the feed damaged."),
        (BODY, "feeds.example sent the feed damaged."),
        (b"", "feeds.example sent the feed damaged."),
    ],
)
def test_damaged_gzip_is_a_fault(client: Client, server: Server, body: bytes, reason: str) -> None:
    """A feed that is cut off has no entries to miss."""
    assert why(client, server, packed(body)) == reason


def test_a_packing_that_nobody_asked_for_is_a_fault(client: Client, server: Server) -> None:
    """Such as several, one within the other, which become a thousand times larger each."""
    answer = Answer(BODY, headers={"Content-Encoding": "gzip, gzip"})
    assert why(client, server, answer) == (
        "feeds.example sent the feed packed in a way that I did not ask for."
    )


def test_a_feed_may_have_so_many_bytes(client: Client, server: Server) -> None:
    """Unpacked: a mebibyte is taken, and one byte more is not, however it is packed."""
    small = client._replace(limits=Limits(size=1 << 20))
    reason = "feeds.example sent a feed that is larger than 1 MiB."
    for most in (b"a" * (1 << 20), b"\0" * (1 << 20)):
        server.answers["/feed.xml"] = Answer(most)
        assert fetch(small, server.url()).body == most
        server.answers["/feed.xml"] = packed(gzip.compress(most))
        assert fetch(small, server.url()).body == most
        assert why(small, server, Answer(most + b"a")) == reason
        assert why(small, server, packed(gzip.compress(most + b"a"))) == reason


def test_no_more_is_unpacked_than_a_feed_may_have(client: Client, server: Server) -> None:
    """A bomb never lies unpacked in memory, not even in part."""
    server.answers["/feed.xml"] = packed(gzip.compress(b"\0" * (30 << 20)))
    small = client._replace(limits=Limits(size=1 << 20))
    tracemalloc.start()
    try:
        failed(small, server.url())
        assert tracemalloc.get_traced_memory()[1] < 6 << 20
    finally:
        tracemalloc.stop()


def test_no_feed_is_larger_than_32_mebibytes(client: Client, server: Server) -> None:
    """A bomb of a hundred kilobytes ends there, and so does a body that has no end."""
    reason = "feeds.example sent a feed that is larger than 32 MiB."
    assert why(client, server, packed(gzip.compress(b"\0" * (100 << 20)))) == reason

    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"a" * (1 << 20)

    assert why(client, server, Answer(raw=endless())) == reason


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (HEAD + b"Content-Length: 900\r\n\r\n<feed>", "feeds.example broke off before the end of the feed."),
        (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n<feed>",
            "feeds.example broke off before the end of the feed.",
        ),
        (
            HEAD + b"Transfer-Encoding: chunked\r\n\r\nx\r\n<feed>",
            "feeds.example broke off before the end of the feed.",
        ),
        (
            HEAD + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\n<feed>",
            "feeds.example gave no answer that can be read.",
        ),
        (HEAD + b"Content-Length: -1\r\n\r\n<feed>", "feeds.example gave no answer that can be read."),
        (b"<feed>", "feeds.example gave no answer that can be read."),
        (b"", "feeds.example gave no answer that can be read."),
        (HEAD + b"X: " + b"a" * 200_000, "feeds.example gave no answer that can be read."),
        (b"HTTP/1.1 101 Switching\r\n\r\n", "feeds.example gave no answer that can be read."),
    ],
)
def test_a_server_that_lies_or_stammers_is_a_fault(
    client: Client, server: Server, raw: bytes, reason: str
) -> None:
    """What it sends is fewer bytes than it said, or no HTTP."""
    assert why(client, server, Answer(raw=[raw])) == reason


def test_no_more_is_read_than_the_server_said(client: Client, server: Server) -> None:
    """What follows belongs to nothing."""
    server.answers["/feed.xml"] = Answer(BODY + b"more", headers={"Content-Length": str(len(BODY))})
    assert fetch(client, server.url()).body == SENT


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 404, 410, 500, 502])
def test_other_statuses_are_faults(client: Client, server: Server, status: int) -> None:
    """Whatever comes with them."""
    error = why(client, server, Answer(BODY if status != 204 else b"", status))
    assert error == f"feeds.example sent no feed, but status {status}."


def test_a_status_that_is_asked_for_comes_with_its_body(client: Client, server: Server) -> None:
    """It may say what is wrong."""
    server.answers["/feed.xml"] = Answer(BODY, 400)
    assert fetch(client, server.url(), statuses={200, 400}) == Fetched(SENT, Validators(), 400)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 500, 86_400.0),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300.0),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0.0),
        (format_datetime(NOW + timedelta(days=5), usegmt=True), 86_400.0),
        ("Mon, 30 Nov 2026 09:01:00 -0000", 60.0),
        ("soon", None),
        ("-5", None),
        ("Mon, 99 Nov 2026 09:01:00 GMT", None),
        ("", None),
    ],
)
def test_a_server_that_is_too_busy_says_until_when(
    client: Client, server: Server, status: int, said: str, seconds: float | None
) -> None:
    """In seconds or by a date, and for a day at most."""
    server.answers["/feed.xml"] = Answer(status=status, headers={"Retry-After": said})
    error = failed(client, server.url())
    assert error.reason == f"feeds.example is too busy to send the feed (status {status})."
    assert error.retry_after == seconds


def test_other_faults_say_no_time(client: Client, server: Server) -> None:
    """Whatever the server says."""
    server.answers["/feed.xml"] = Answer(status=404, headers={"Retry-After": "120"})
    assert failed(client, server.url()).retry_after is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(client: Client, server: Server, status: int) -> None:
    """From path to path and from host to host; each is asked with the validators, and by its own name."""
    server.answers["/feed.xml"] = Answer(b"Moved", status, {"Location": "a?b#c"})
    server.answers["/a"] = Answer(status=status, headers={"Location": server.url("/d", "other.example")})
    server.answers["/d"] = Answer(BODY, headers=HEADERS)
    assert fetch(client, server.url(), Validators('"x"')) == Fetched(SENT, VALIDATORS)
    assert [(each.path, each.headers["host"], each.headers["if-none-match"]) for each in server.asked] == [
        ("/feed.xml", f"feeds.example:{server.port}", '"x"'),
        ("/a?b", f"feeds.example:{server.port}", '"x"'),
        ("/d", f"other.example:{server.port}", '"x"'),
    ]


def test_five_redirects_are_followed_and_no_more(client: Client, server: Server) -> None:
    """A server may send on for ever."""
    for number in range(6):
        server.answers[f"/{number}"] = Answer(status=302, headers={"Location": f"/{number + 1}"})
    server.answers["/6"] = Answer(BODY)
    assert fetch(client, server.url("/1")).body == SENT
    assert failed(client, server.url("/0")).reason == (
        "feeds.example sends on from address to address, without an end."
    )
    assert [each.path for each in server.asked[6:]] == ["/0", "/1", "/2", "/3", "/4", "/5"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Location": ""},
        {"Location": "/feed.xml"},
        {"Location": "/feed.xml#top"},
        {"Location": "ftp://feeds.example/"},
        {"Location": "file:///etc/passwd"},
        {"Location": "javascript:alert(1)"},
        {"Location": "http://ann:secret@feeds.example/"},
        {"Location": "http://[::1"},
        {"Location": "http://[::1]]/"},
        {"Location": "http://feeds.example:x/"},
        {"Location": "//"},
    ],
)
def test_a_redirect_to_nowhere_is_a_fault(client: Client, server: Server, headers: Mapping[str, str]) -> None:
    """To what is no address, to itself, or out of the web."""
    assert why(client, server, Answer(status=302, headers=headers)) == (
        "feeds.example sends on to no address that feeds are fetched from."
    )
    assert len(server.asked) == 1


def test_a_redirect_into_the_private_net_is_refused(server: Server) -> None:
    """Every address goes through the guard, and not only the first."""
    server.answers["/feed.xml"] = Answer(status=302, headers={"Location": "http://intern.example/"})
    public = Guard(allow_private=True, resolve=lambda _: ["127.0.0.1"])
    private = Guard(resolve=lambda _: ["169.254.169.254"])

    class Both(httpx.BaseTransport):
        """Lets the first host through, and looks at the others."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            """Send."""
            return (public if request.url.host == "feeds.example" else private).handle_request(request)

    assert failed(Client(Both(), Clock(), lambda: NOW), server.url()).reason == (
        "intern.example is not on the public internet; PAPERBOY_FEEDS_PRIVATE may allow it."
    )


def test_a_server_that_says_nothing_is_not_waited_for(client: Client, server: Server) -> None:
    """Neither before its answer nor within it."""
    quick = client._replace(limits=Limits(pause=0.02))
    reason = "feeds.example sent nothing for 0.02 seconds."
    assert why(quick, server, Answer(step=threading.Semaphore(0))) == reason
    assert why(quick, server, Answer(BODY, step=threading.Semaphore(1))) == reason


@pytest.mark.parametrize("head", [HEAD, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"])
def test_a_server_that_drips_is_not_waited_for(client: Client, server: Server, head: bytes) -> None:
    """Sixty seconds in whole, for headers as for bodies, whatever comes in between."""
    step = threading.Semaphore(0)
    clock = Running(9, step)
    drops = b"X-Y: a\r\n" if head == HEAD else b"6\r\n<feed>\r\n"
    server.answers["/feed.xml"] = Answer(raw=[head, *[drops] * 100], step=step)
    error = failed(client._replace(clock=clock), server.url())
    assert error.reason == "feeds.example took longer than 60 seconds to send the feed."
    assert clock.seconds < 120


def test_a_redirect_begins_no_new_minute(client: Client, server: Server) -> None:
    """All the addresses share one."""
    step = threading.Semaphore(0)
    for number in range(5):
        server.answers[f"/{number}"] = Answer(status=302, headers={"Location": f"/{number + 1}"})
    error = failed(client._replace(clock=Running(5, step)), server.url("/0"))
    assert error.reason == "feeds.example took longer than 60 seconds to send the feed."
    assert len(server.asked) > 1


def test_each_address_is_asked_in_its_turn(client: Client, server: Server, clock: Clock) -> None:
    """Until its answer has been read; whoever waits for a turn takes none of the server's minute."""
    server.answers["/feed.xml"] = Answer(status=302, headers={"Location": "/a?b"})
    server.answers["/a"] = Answer(status=302, headers={"Location": server.url("/c", "other.example")})
    server.answers["/c"] = Answer(BODY)
    turns: list[tuple[str, int]] = []

    @contextmanager
    def turn(url: httpx.URL) -> Iterator[None]:
        turns.append((str(url), len(server.asked)))
        clock.wait(61)
        yield
        turns.append(("", len(server.asked)))

    assert fetch(client, server.url(), turn=turn).body == SENT
    assert turns == [
        (server.url(), 0),
        ("", 1),
        (server.url("/a?b"), 1),
        ("", 2),
        (server.url("/c", "other.example"), 2),
        ("", 3),
    ]


def test_a_body_is_read_in_its_turn(client: Client, server: Server) -> None:
    """What goes wrong there, the turn is told."""
    server.answers["/feed.xml"] = Answer(BODY, headers={"Content-Length": "9000"})
    told: list[FeedError] = []

    @contextmanager
    def turn(_: httpx.URL) -> Iterator[None]:
        try:
            yield
        except FeedError as error:
            told.append(error)
            raise

    with pytest.raises(FeedError) as error:
        fetch(client, server.url(), turn=turn)
    assert told == [error.value]


def test_a_feed_comes_in_utf8(client: Client, server: Server) -> None:
    """By its own word, or the server's."""
    text = "<rss><item><title>бэкдор</title></item></rss>"
    declared = "<?xml version='1.0' encoding='windows-1251'?>" + text
    server.answers["/feed.xml"] = Answer(declared.encode("cp1251"))
    assert fetch(client, server.url()).body == f"<?xml version='1.0'?>{text}".encode()
    server.answers["/feed.xml"] = Answer(
        text.encode("koi8-r"), headers={"Content-Type": "text/xml; charset=KOI8-R"}
    )
    assert fetch(client, server.url()).body == text.encode()


WORDS = st.binary(max_size=30) | st.sampled_from(
    [b"gzip", b"chunked", b"0", b"6", b"text/xml; charset=utf-16", b"http://[", b"/feed.xml", b"//a.example"]
)
NAMES = ("Location", "Content-Encoding", "Transfer-Encoding", "Content-Length", "Retry-After", "ETag")
FIELDS = st.dictionaries(st.sampled_from((*NAMES, "Content-Type", "Last-Modified")), WORDS, max_size=4)
STATUSES = st.sampled_from([b"200", b"302", b"304", b"503", b"100"]) | st.binary(max_size=4)


@settings(max_examples=150)
@given(st.lists(st.tuples(STATUSES, FIELDS, st.binary(max_size=40)), min_size=1, max_size=3))
def test_whatever_a_server_sends_is_a_feed_or_a_fault(
    sent: list[tuple[bytes, dict[str, bytes], bytes]],
) -> None:
    """Nothing else is raised, one odd answer after the other."""
    with Server() as server:
        rest = iter(sent)

        def answer(_: Asked) -> Answer:
            status, fields, body = next(rest, sent[-1])
            lines = [b"%s: %s\r\n" % (name.encode(), value) for name, value in fields.items()]
            return Answer(raw=[b"HTTP/1.1 %s\r\n%s\r\n%s" % (status, b"".join(lines), body)])

        server.answers["/feed.xml"] = answer
        guard = Guard(allow_private=True, resolve=lambda _: ["127.0.0.1"], tls=TLS)
        with suppress(FeedError):
            fetched = fetch(Client(guard, Clock(), lambda: NOW), server.url(), VALIDATORS)
            assert fetched.status in {200, 304}
