from collections.abc import Callable, Iterable
from itertools import count

import pytest

from bot.corpus import Piece
from bot.feeds.addresses import Feed
from bot.feeds.arxiv import ArXiv
from bot.feeds.faults import FeedError
from bot.feeds.fetching import Client
from bot.feeds.pace import Pace
from bot.papers import Problem
from tests.feeds.clocks import Clock
from tests.feeds.server import Answer, Asked, Server, arxiv_api, arxiv_page, atom, entry

FEED = Feed("arxiv:cs.CL", query="cat:cs.CL")
PATH = "/api/query"
ERROR = """<entry>
<id>http://arxiv.org/api/errors#incorrect_id_format_for_1234.12345</id><title>Error</title>
<summary>{}</summary><updated>2007-10-12T00:00:00-04:00</updated>
<link href="http://arxiv.org/api/errors#incorrect_id_format_for_1234.12345" rel="alternate" type="text/html"/>
<author><name>arXiv api core</name></author></entry>"""


@pytest.fixture
def arxiv(client: Client, server: Server, clock: Clock) -> ArXiv:
    """Return arXiv's API at the server."""
    return ArXiv(client, Pace(clock, clock.wait, 3), server.url(PATH))


def number_of(piece: Piece | Problem) -> int:
    """Return a made paper's number."""
    assert isinstance(piece, Piece)
    return int(piece.text.partition("<title>Paper ")[2].partition("<")[0])


def numbers(arxiv: ArXiv, known: Callable[[int], bool] = lambda _: False) -> list[int]:
    """Return the papers that are found, by their numbers."""
    return [number_of(each) for each in arxiv.entries(FEED, lambda piece: known(number_of(piece)))]


def starts(server: Server) -> list[str]:
    """Return the pages that were asked for, by what they begin with."""
    return [each.query["start"] for each in server.asked]


def failed(arxiv: ArXiv) -> str:
    """Return why nothing is found."""
    with pytest.raises(FeedError) as error:
        list(arxiv.entries(FEED, lambda _: False))
    return error.value.reason


def in_turn(answers: Iterable[Answer | Callable[[Asked], Answer]]) -> Callable[[Asked], Answer]:
    """Return one answer after the other."""
    rest = iter(answers)

    def answer(asked: Asked) -> Answer:
        given = next(rest)
        return given if isinstance(given, Answer) else given(asked)

    return answer


def test_a_query_is_asked_for_page_by_page(arxiv: ArXiv, server: Server) -> None:
    """Up to its end, the latest first."""
    server.answers[PATH] = arxiv_api(450)
    assert numbers(arxiv) == list(range(450))
    assert [each.query for each in server.asked] == [
        {
            "search_query": "cat:cs.CL",
            "sortBy": "lastUpdatedDate",
            "sortOrder": "descending",
            "start": start,
            "max_results": "200",
        }
        for start in ("0", "200", "400")
    ]


def test_a_query_is_sent_as_it_is_written(arxiv: ArXiv, server: Server) -> None:
    """With its quotes, brackets and blanks."""
    server.answers[PATH] = arxiv_api(0)
    query = 'ti:"a+b & c" ANDNOT (au:é OR cat:math.*)'
    assert list(arxiv.entries(Feed("arxiv:" + query, query=query), lambda _: False)) == []
    assert [each.query["search_query"] for each in server.asked] == [query]


@pytest.mark.parametrize(
    ("papers", "pages"), [(0, ["0"]), (1, ["0"]), (199, ["0"]), (200, ["0"]), (201, ["0", "200"])]
)
def test_no_page_is_asked_for_behind_the_end(
    arxiv: ArXiv, server: Server, papers: int, pages: list[str]
) -> None:
    """The first says how many there are."""
    server.answers[PATH] = arxiv_api(papers)
    assert numbers(arxiv) == list(range(papers))
    assert starts(server) == pages


def test_pages_end_where_nothing_is_new(arxiv: ArXiv, server: Server) -> None:
    """What is known is yielded too; one new paper on a page is enough to ask for the next."""
    server.answers[PATH] = arxiv_api(1_000)
    assert numbers(arxiv, lambda number: number not in {0, 399}) == list(range(600))
    assert starts(server) == ["0", "200", "400"]


def test_what_is_known_is_asked_before_a_page_is_handed_on(arxiv: ArXiv, server: Server) -> None:
    """Whoever keeps the papers as they come knows them all afterwards."""
    server.answers[PATH] = arxiv_api(450)
    kept: set[int] = set()
    for each in arxiv.entries(FEED, lambda piece: number_of(piece) in kept):
        kept.add(number_of(each))
    assert kept == set(range(450))


def test_no_page_is_asked_for_before_its_entries_are(arxiv: ArXiv, server: Server) -> None:
    """Whoever has enough of them goes away."""
    server.answers[PATH] = arxiv_api(450)
    found = arxiv.entries(FEED, lambda _: False)
    assert server.asked == []
    for _ in range(200):
        next(found)
    assert starts(server) == ["0"]


def test_two_thousand_entries_are_the_most(arxiv: ArXiv, server: Server) -> None:
    """A query that finds all of arXiv ends there, though its pages be short."""

    def answer(asked: Asked) -> Answer:
        start, most = int(asked.query["start"]), int(asked.query["max_results"])
        return arxiv_page(map(entry, range(start, start + min(150, most))), 1_000_000)

    server.answers[PATH] = answer
    assert numbers(arxiv) == list(range(2_000))
    assert len(server.asked) == 14
    assert server.asked[-1].query["max_results"] == "50"


def test_short_pages_are_gone_on_from(arxiv: ArXiv, server: Server) -> None:
    """ArXiv sends fewer than it was asked for at times; none is left out."""

    def answer(asked: Asked) -> Answer:
        start = int(asked.query["start"])
        return arxiv_page(map(entry, range(start, min(300, start + 120))), 300)

    server.answers[PATH] = answer
    assert numbers(arxiv) == list(range(300))


def test_without_a_total_a_short_page_is_the_last(arxiv: ArXiv, server: Server) -> None:
    """Nothing else tells the end."""
    server.answers[PATH] = in_turn(
        [arxiv_page(map(entry, range(200)), None), arxiv_page(map(entry, range(200, 201)), None)]
    )
    assert numbers(arxiv) == list(range(201))
    assert starts(server) == ["0", "200"]


@pytest.mark.parametrize("empty", [arxiv_page([], 450), arxiv_page([], 0), arxiv_page([], None), Answer(b"")])
def test_an_empty_page_before_the_end_is_asked_for_once_more(
    arxiv: ArXiv, server: Server, clock: Clock, empty: Answer
) -> None:
    """At arXiv's pace, too."""
    api = arxiv_api(450)
    server.answers[PATH] = in_turn([api, empty, api, api])
    assert numbers(arxiv) == list(range(450))
    assert starts(server) == ["0", "200", "200", "400"]
    assert clock.waits == [3, 3, 3, 3]


@pytest.mark.parametrize("empty", [arxiv_page([], 450), arxiv_page([], None), Answer(b" \n")])
def test_a_page_that_stays_empty_is_a_fault(arxiv: ArXiv, server: Server, empty: Answer) -> None:
    """The first as well as a later one; what came before stands."""
    server.answers[PATH] = empty
    assert failed(arxiv) == "arXiv sent an empty page where there are papers."
    assert starts(server) == ["0", "0"]
    server.answers[PATH] = in_turn([arxiv_api(450), empty, empty])
    found = arxiv.entries(FEED, lambda _: False)
    assert [number_of(next(found)) for _ in range(200)] == list(range(200))
    with pytest.raises(FeedError):
        next(found)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("summary", "told"),
    [
        ("incorrect id format for 1234.12345", "incorrect id format for 1234.12345."),
        ("start must be non-negative.", "start must be non-negative."),
        ("word " * 100, ("word " * 39)[:-1] + "…"),
    ],
)
def test_what_arxiv_says_of_a_query_is_told(
    arxiv: ArXiv, server: Server, status: int, summary: str, told: str
) -> None:
    """Its errors come as an entry."""
    page = arxiv_page([ERROR.format(summary)], 1)
    server.answers[PATH] = Answer(page.body, status)
    assert failed(arxiv) == f"arXiv does not take this search: {told}"


def test_an_error_without_words_is_told_too(arxiv: ArXiv, server: Server) -> None:
    """It is no paper."""
    server.answers[PATH] = arxiv_page([ERROR.format("")], 1)
    assert failed(arxiv) == "arXiv does not take this search, and does not say why."


def test_a_paper_about_errors_is_none(arxiv: ArXiv, server: Server) -> None:
    """Only an entry's id counts."""
    about = entry(1).replace("is made", "tells of http://arxiv.org/api/errors")
    server.answers[PATH] = arxiv_page([about], 1)
    assert numbers(arxiv) == [1]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(b"Bad request", 400), "arXiv sent no feed, but status 400."),
        (Answer(atom([entry(1)]), 400), "arXiv sent no feed, but status 400."),
        (Answer(b"", 400), "arXiv sent no feed, but status 400."),
        (Answer(b"<html>Rate exceeded</html>"), "What is sent there is no Atom or RSS feed."),
        (Answer(status=500), "feeds.example sent no feed, but status 500."),
    ],
)
def test_other_answers_are_faults(arxiv: ArXiv, server: Server, answer: Answer, reason: str) -> None:
    """Of a status or of what is no feed."""
    server.answers[PATH] = answer
    assert failed(arxiv) == reason


def test_arxiv_may_ask_to_be_left_alone(arxiv: ArXiv, server: Server) -> None:
    """For how long, is told."""
    server.answers[PATH] = Answer(status=503, headers={"Retry-After": "600"})
    with pytest.raises(FeedError) as error:
        list(arxiv.entries(FEED, lambda _: False))
    assert error.value.retry_after == 600


def test_arxiv_is_left_alone_for_as_long_as_it_asks(arxiv: ArXiv, server: Server, clock: Clock) -> None:
    """Other queries fail at once until then, and are told how long that is."""
    server.answers[PATH] = Answer(status=429, headers={"Retry-After": "600"})
    failed(arxiv)
    clock.seconds += 599
    with pytest.raises(FeedError) as error:
        list(arxiv.entries(FEED, lambda _: False))
    assert (error.value.reason, error.value.retry_after) == ("arXiv asks to be left alone for now.", 1)
    assert (len(server.asked), clock.waits) == (1, [3])
    clock.seconds += 1
    server.answers[PATH] = arxiv_api(1)
    assert numbers(arxiv) == [0]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}])
def test_arxiv_may_be_busy_for_no_time(arxiv: ArXiv, server: Server, headers: dict[str, str]) -> None:
    """The next query is sent then."""
    server.answers[PATH] = in_turn([Answer(status=503, headers=headers), arxiv_api(1)])
    failed(arxiv)
    assert numbers(arxiv) == [0]


def test_all_queries_share_one_pace(arxiv: ArXiv, server: Server, clock: Clock) -> None:
    """Three seconds lie between any two requests, and before the first: others may have asked."""
    asked: list[float] = []
    api = arxiv_api(300)

    def answer(request: Asked) -> Answer:
        asked.append(clock.seconds)
        return api(request)

    server.answers[PATH] = answer
    first, second = arxiv.entries(FEED, lambda _: False), arxiv.entries(FEED, lambda _: False)
    list(first)
    list(second)
    assert asked == [3, 6, 9, 12]


def test_the_api_has_its_pace_wherever_it_is(client: Client, server: Server, clock: Clock) -> None:
    """However its address is written."""
    server.answers[PATH] = arxiv_api(1)
    base = server.url(PATH, "Feeds.EXAMPLE")
    assert numbers(ArXiv(client, Pace(clock, clock.wait, 3), base)) == [0]
    assert clock.waits == [3]


def test_a_page_of_problems_is_nothing_new(arxiv: ArXiv, server: Server) -> None:
    """It would be the same the next time."""
    number = count()
    server.answers[PATH] = lambda _: arxiv_page([f"<entry>{next(number)}" for _ in range(200)], 1_000)
    found = list(arxiv.entries(FEED, lambda _: False))
    assert len(found) == 200
    assert all(isinstance(each, Problem) for each in found)
    assert starts(server) == ["0"]
