import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from bot.feeds.faults import FeedError
from bot.feeds.fetching import Client, fetch
from bot.feeds.guard import Guard, is_public, resolve
from tests.feeds.clocks import NOW, Clock
from tests.feeds.server import HOST, Answer, Server, atom

HERE = "127.0.0.1"
FEED = Answer(atom([]))


class Names:
    """A name server with one answer for all names; it keeps what was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        """Return the addresses."""
        self.asked.append(host)
        return self.addresses


def refused(guard: Guard, url: str) -> str:
    """Return why an address is not asked."""
    with pytest.raises(FeedError) as error:
        fetch(Client(guard, Clock(), lambda: NOW), url)
    return error.value.reason


def fetched(guard: Guard, url: str) -> bytes | None:
    """Return what stands at an address."""
    return fetch(Client(guard, Clock(), lambda: NOW), url).body


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "192.0.1.1",
        "100.63.255.255",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "2002:808:808::1",
        "64:ff9b::8.8.8.8",
    ],
)
def test_hosts_of_the_internet_are_public(address: str) -> None:
    """In whatever form their address comes."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "127.255.0.9",
        "0.0.0.0",  # noqa: S104  # nothing listens here
        "0.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",
        "2001:0:808:808::1",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
        "4000::1",
        "feeds.example",
        "",
    ],
)
def test_all_other_addresses_are_not(address: str) -> None:
    """Private, of this machine or link, shared, reserved, for many, for none, and those behind IPv6."""
    assert not is_public(address)


def test_one_address_that_is_not_public_is_enough(server: Server) -> None:
    """Nothing is sent then, to none of them."""
    guard = Guard(resolve=Names("8.8.8.8", HERE))
    assert refused(guard, server.url()) == (
        "feeds.example is not on the public internet; PAPERBOY_FEEDS_PRIVATE may allow it."
    )
    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    [HERE, "localhost", "2130706433", "127.1", "0x7f000001", "0", "[::1]", "[::ffff:7f00:1]"],
)
def test_odd_names_of_this_machine_are_seen_through(server: Server, host: str) -> None:
    """The system reads them as addresses, and what it reads is looked at."""
    why = refused(Guard(), server.url(host=host))
    assert why == f"{host.strip('[]')} is not on the public internet; PAPERBOY_FEEDS_PRIVATE may allow it."
    assert server.asked == []


def test_the_connection_goes_to_what_was_looked_at(server: Server) -> None:
    """The name is looked up once, and the server hears it; no other answer can come between."""
    server.answers["/feed.xml"] = FEED
    names = Names(HERE)
    assert fetched(Guard(allow_private=True, resolve=names), server.url()) == atom([]).replace(
        b' encoding="UTF-8"', b""
    )
    assert names.asked == [HOST]
    assert [each.headers["host"] for each in server.asked] == [f"{HOST}:{server.port}"]


def test_the_next_address_is_tried_where_nobody_answers(server: Server) -> None:
    """All of them were looked at."""
    server.answers["/feed.xml"] = FEED
    guard = Guard(allow_private=True, resolve=Names("127.0.0.2", HERE))
    assert fetched(guard, server.url())


def test_where_nobody_answers_at_all_it_is_said() -> None:
    """By the host's name."""
    with socket.socket() as taken:
        taken.bind((HERE, 0))  # nobody listens
        port = taken.getsockname()[1]
        guard = Guard(allow_private=True, resolve=Names(HERE))
        assert refused(guard, f"http://{HOST}:{port}/") == "feeds.example cannot be reached."


@pytest.mark.parametrize("fault", [socket.gaierror(-2, "no such"), UnicodeError("label too long"), None])
def test_a_host_without_an_address_is_said_to_be_none(fault: Exception | None) -> None:
    """Whether the name server says so, or the name is none."""

    def names(_: str) -> Sequence[str]:
        if fault:
            raise fault
        return []

    assert refused(Guard(resolve=names), "http://feeds.example/") == (
        "There is no host called feeds.example."
    )


def test_a_long_name_is_cut() -> None:
    """A sentence stays one."""
    assert refused(Guard(resolve=Names()), f"http://{'a.' * 80}b/") == (
        f"There is no host called {'a.' * 49}a…."
    )


@pytest.mark.parametrize(
    "url",
    [
        "ftp://feeds.example/",
        "ftp://feeds.example:80/",
        "file:///etc/passwd",
        "http:///feed.xml",
        "feeds.example",
        "http://feeds.example:99999/",
        "http://ann:secret@feeds.example/",
        "http://feeds.example:x/",
        "http://a\x00b/",
        "http://0177.0.0.1/",
    ],
)
def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    """Without a password, and with a port that there is."""
    names = Names("8.8.8.8")
    assert refused(Guard(resolve=names), url) == "That is no address that feeds are fetched from."
    assert names.asked == []


def test_the_environment_names_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look up the name once more, and connect for us."""
    server.answers["/feed.xml"] = FEED
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetched(Guard(allow_private=True, resolve=Names(HERE)), server.url())


def test_no_cookie_is_kept(server: Server) -> None:
    """Two requests have nothing to do with each other."""
    server.answers["/feed.xml"] = Answer(atom([]), headers={"Set-Cookie": "a=b; Path=/"})
    guard = Guard(allow_private=True, resolve=Names(HERE))
    fetched(guard, server.url())
    fetched(guard, server.url())
    assert [each.headers.get("cookie") for each in server.asked] == [None, None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for the server's name, with its key; without OpenSSL the test is skipped."""
    openssl = shutil.which("openssl")
    if not openssl:
        if "CI" in os.environ:
            pytest.fail("no openssl on the PATH")
        pytest.skip("no openssl on the PATH")
    path = tmp_path_factory.mktemp("tls") / "feeds.pem"
    named = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(path)]
    out = path.with_suffix(".crt")
    subprocess.run(
        [openssl, "req", "-x509", *key, "-days", "2", *named, "-out", str(out)],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + out.read_bytes())
    return path


def test_tls_is_checked_for_the_name(certificate: Path) -> None:
    """The connection goes to an address, but certificate and server are asked for the name."""
    heard: list[str | None] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.sni_callback = lambda _connection, name, _context: heard.append(name)
    trusting = ssl.create_default_context(cafile=str(certificate))
    guard = Guard(allow_private=True, resolve=Names(HERE), tls=trusting)
    with Server(tls) as server:
        server.answers["/feed.xml"] = FEED
        assert fetched(guard, server.url().replace("http:", "https:"))
        assert refused(guard, server.url(host="other.example").replace("http:", "https:")) == (
            "other.example has no certificate that can be trusted."
        )
        unknown = Guard(allow_private=True, resolve=Names(HERE))
        assert refused(unknown, server.url().replace("http:", "https:")) == (
            "feeds.example has no certificate that can be trusted."
        )
        assert len(server.asked) == 1
    assert heard == [HOST, "other.example", HOST]


def test_what_is_no_tls_is_said_to_be_none(server: Server) -> None:
    """A server may speak without it."""
    guard = Guard(allow_private=True, resolve=Names(HERE))
    assert refused(guard, server.url().replace("http:", "https:")) == (
        "No secure connection to feeds.example can be made."
    )


def test_a_request_without_a_deadline_has_none(server: Server) -> None:
    """The transport serves any request of httpx."""
    server.answers["/feed.xml"] = FEED
    guard = Guard(allow_private=True, resolve=Names(HERE))
    with httpx.Client(transport=guard) as web:
        assert web.get(server.url()).content == FEED.body


def test_the_systems_addresses_are_each_told_once() -> None:
    """In its order."""
    assert resolve(HERE) == [HERE]
