import pytest

from bot.feeds.addresses import feed_of
from bot.feeds.arxiv import ArXiv
from bot.feeds.faults import FeedError
from bot.feeds.fetching import NO_VALIDATORS, Client, Validators
from bot.feeds.gathering import Gathered, gather
from bot.feeds.pace import Pace
from bot.papers import Problem
from tests.feeds.clocks import Clock
from tests.feeds.server import Answer, Asked, Server, arxiv_api, atom, entry


@pytest.fixture
def arxiv(client: Client, server: Server, clock: Clock) -> ArXiv:
    """Return arXiv's API at the server."""
    return ArXiv(client, Pace(clock, clock.wait, 3), server.url("/api/query"))


def lines(gathered: Gathered) -> list[int]:
    """Return the lines of the entries."""
    assert gathered.entries is not None
    return [each.line for each in gathered.entries]


def test_a_feed_at_an_address_is_one_page(client: Client, arxiv: ArXiv, server: Server) -> None:
    """All of it, known or not; the next time only what has changed."""

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == '"a"':
            return Answer(status=304)
        return Answer(atom(map(entry, range(3))), headers={"ETag": '"a"'})

    server.answers["/feed.xml"] = answer
    feed = feed_of(server.url())
    gathered = gather(client, arxiv, feed, NO_VALIDATORS, lambda _: True)
    assert lines(gathered) == [3, 4, 5]
    assert gathered.validators == Validators('"a"')
    assert gather(client, arxiv, feed, gathered.validators, lambda _: True) == Gathered(
        None, Validators('"a"')
    )
    assert len(server.asked) == 2


def test_a_query_is_arxivs(client: Client, arxiv: ArXiv, server: Server) -> None:
    """Page by page; it has no validators."""
    server.answers["/api/query"] = arxiv_api(201)
    gathered = gather(client, arxiv, feed_of("arxiv:cs.CL"), NO_VALIDATORS, lambda _: False)
    assert gathered.validators == NO_VALIDATORS
    assert lines(gathered) == [*range(3, 203), 3]


def test_arxiv_has_one_pace_for_all_its_hosts(
    client: Client, arxiv: ArXiv, server: Server, clock: Clock
) -> None:
    """Its RSS is an address like any other, but not to be asked as often."""
    server.answers["/rss/cs.CL"] = Answer(atom([]))
    for host, waits in (("rss.arxiv.org", [3]), ("arxiv.org", [3, 3]), ("notarxiv.org", [3, 3])):
        feed = feed_of(server.url("/rss/cs.CL", host))
        assert lines(gather(client, arxiv, feed, NO_VALIDATORS, lambda _: False)) == []
        assert clock.waits == waits


@pytest.mark.parametrize(
    ("hosts", "times"),
    [
        (["arxiv.org", "rss.arxiv.org"], [3, 6]),
        (["blog.example", "export.arxiv.org"], [0, 3]),
        (["rss.arxiv.org", "blog.example", "EXPORT.arXiv.org.", "blog.example"], [3, 3, 6, 6]),
        (["blog.example", "notarxiv.org", "xn--a", "arxiv.org.example", "feeds.example"], [0] * 5),
    ],
)
def test_arxivs_pace_is_kept_on_every_way_to_it(
    client: Client, arxiv: ArXiv, server: Server, clock: Clock, hosts: list[str], times: list[float]
) -> None:
    """Whoever sends on to it, and nobody else is waited for."""
    asked: list[tuple[str, float]] = []
    rest = iter(hosts[1:])

    def answer(request: Asked) -> Answer:
        asked.append((request.headers["host"], clock.seconds))
        if host := next(rest, None):
            return Answer(status=302, headers={"Location": server.url(host=host)})
        return Answer(atom([]))

    server.answers["/feed.xml"] = answer
    feed = feed_of(server.url(host=hosts[0]))
    assert lines(gather(client, arxiv, feed, NO_VALIDATORS, lambda _: False)) == []
    assert asked == [(f"{host.lower()}:{server.port}", time) for host, time in zip(hosts, times, strict=True)]


def test_all_of_arxivs_hosts_are_left_alone_together(
    client: Client, arxiv: ArXiv, server: Server, clock: Clock
) -> None:
    """On every way to them; others, however busy, are asked all the same."""
    busy = Answer(status=503, headers={"Retry-After": "600"})
    server.answers |= {"/busy": busy, "/api/query": arxiv_api(1)}
    server.answers["/moved"] = Answer(status=301, headers={"Location": server.url("/rss", "rss.arxiv.org")})
    faults: list[tuple[str, float | None]] = []
    for name in (
        server.url("/busy", "blog.example"),
        server.url("/busy", "arxiv.org"),
        server.url("/rss", "rss.arxiv.org"),
        server.url("/moved", "blog.example"),
        "arxiv:cs.CL",
        server.url("/busy", "blog.example"),
    ):
        with pytest.raises(FeedError) as error:
            lines(gather(client, arxiv, feed_of(name), NO_VALIDATORS, lambda _: False))
        faults.append((error.value.reason, error.value.retry_after))
    alone = ("arXiv asks to be left alone for now.", 600)
    blog = ("blog.example is too busy to send the feed (status 503).", 600)
    assert faults == [blog, ("arxiv.org is too busy to send the feed (status 503).", 600), *[alone] * 3, blog]
    assert [each.path for each in server.asked] == ["/busy", "/busy", "/moved", "/busy"]
    assert clock.waits == [3]


def test_problems_bear_the_feeds_name(client: Client, arxiv: ArXiv, server: Server) -> None:
    """However it was written."""
    server.answers["/feed.xml"] = Answer(atom(["<entry>"]))
    gathered = gather(client, arxiv, feed_of(f"<{server.url()}#top>"), NO_VALIDATORS, lambda _: False)
    assert gathered.entries is not None
    assert list(gathered.entries) == [Problem(server.url(), 3, "the entry is cut off: its end is missing")]


def test_a_page_of_html_is_a_fault(client: Client, arxiv: ArXiv, server: Server) -> None:
    """At once."""
    server.answers["/feed.xml"] = Answer(b"<!DOCTYPE html><html></html>")
    with pytest.raises(FeedError) as error:
        gather(client, arxiv, feed_of(server.url()), NO_VALIDATORS, lambda _: False)
    assert error.value.reason == "What is sent there is no Atom or RSS feed."
