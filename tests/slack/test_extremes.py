from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.answers import Answer, Progress, Status
from bot.arriving import Arrived
from bot.digest.following import News
from bot.fetches import Fetch
from bot.library import Library
from bot.papers import Paper, Problem
from bot.playground.checks import objects
from bot.slack import render
from bot.slack.asked import Slip
from bot.slack.buttons import LONGEST_VALUE, Alike, One, Results, Window, read
from bot.slack.commands import COMMANDS, GUIDES
from bot.slack.render import Listed, Message, View
from bot.store.feeds import Followed
from tests.conftest import LOADED_AT
from tests.slack.editions import topic
from tests.slack.extremes import (
    AUTHORS,
    QUERIES,
    TEXTS,
    answer,
    feed,
    load,
    paper,
    similar,
    strictly,
    strictly_shown,
)
from tests.slack.followed import of_any_text

WINDOW = Window("https://hooks.slack.com/actions/T0/1/x", bibtex=True, shared=True)


def of_a_paper(each: Paper, text: str) -> Iterator[Message | View]:
    """Yield everything that shows one paper."""
    yield render.paper_message(each, 0, private=True, since=True)
    yield render.shared_paper(each, 0, text, since=True)
    yield render.bibliography([each] * 8, [text] * 60)
    yield render.paper_window(each, 0, WINDOW, since=True)
    yield render.paper_window(each, 0, Window("https://x.org/" + "u" * 5000), since=True)


def of_a_list(each: Answer, text: str) -> Iterator[Message | View]:
    """Yield everything that shows what a search found."""
    for skip in (0, 10):
        found = replace(each, skip=skip)
        yield render.results(found, text, since=True)
        yield render.page(found, since=True)
    yield render.nothing_found(each, LOADED_AT)
    yield render.nothing_found(replace(each, unknown=()), LOADED_AT)


def of_what_is_similar(each: Paper, text: str) -> Iterator[Message | View]:
    """Yield everything that shows papers like one."""
    for number in (0, 5):
        yield render.results(similar(each, number), text, "shared")
        yield render.page(similar(each, number), since=True)
    for number in (0, 10):
        yield render.similar_window(similar(each, number), WINDOW, since=True)


def of_the_rest(text: str) -> Iterator[Message | View]:
    """Yield everything else that says something of a person's or a corpus's."""
    yield render.refusal(f"No: {text}")
    yield render.slip(Slip(text, text))
    yield render.unknown_command(f"/{text}")
    yield render.refusal(f"No: {text}", f"/paper show {text}")
    for subject in (One(text, 0), Results(text, 0, 0), Alike(text, 0, 0)):
        yield render.unsure(subject)
        yield render.not_shared(subject)
    yield render.notice(render.refusal(f"No: {text}"))
    yield render.with_note(render.notice(render.busy()), render.refusal(f"No: {text}"))
    problems = (Problem(text or "a.txt", 0, text or "why"),) * 5000
    files = {f"{text}{number}": number for number in range(5000)}
    last = load(text, problems)
    fed = [feed(number, text, faults=number % 3) for number in range(100)]
    shown = Status(10**9, 10**9, files, files, last, text)
    yield render.status(shown, fed, text or "1", LOADED_AT, (LOADED_AT, "Europe/Berlin"))
    yield from of_feeds(fed, text)
    followed = tuple((topic(number, text[:500] or "x"), 10**9) for number in range(1, 201))
    yield render.reload_done(last, News(10**9, 10**9, followed))
    yield render.reload_done(load(text, problems, new=0), None)
    yield render.reload_failed(text or "why", 10**9, LOADED_AT, LOADED_AT)


def of_feeds(fed: list[Followed], text: str) -> Iterator[Message | View]:
    """Yield everything that is said of feeds."""
    for many in (fed, fed[1:2]):
        yield render.feed_list(many, LOADED_AT)
        yield render.feeds_failing(many, LOADED_AT)
        yield render.feeds_well(many, LOADED_AT)
    for each in fed[:2]:
        yield render.feed_added(each)
        yield render.feed_removed(each)
        yield render.feed_fetched(each, None, None, LOADED_AT)
        yield render.feed_fetched(each, Fetch(text, fault=text or "why"), None, LOADED_AT)
        arrived = Arrived(10**9, 0, (Problem(text, 1, text),) * 50)
        yield render.feed_fetched(each, Fetch(text, arrived), News(0, 0, ()), LOADED_AT)


def check(shown: Iterator[Message | View]) -> None:
    """Fail where Slack would refuse one of these, or where a button is not what it should be."""
    for each in shown:
        blocks = strictly(each).blocks if isinstance(each, Message) else strictly_shown(each)["blocks"]
        for _, element in objects(list(blocks)):
            if element.get("type") == "overflow":
                assert [read(option["value"]) for option in element["options"]].count(None) == 0
            if element.get("type") == "button" and "value" in element:
                assert len(element["value"]) <= LONGEST_VALUE
                assert read(element["value"]) is not None


@pytest.mark.parametrize("show", [of_a_paper, of_what_is_similar])
@pytest.mark.parametrize("authors", AUTHORS.values(), ids=AUTHORS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_paper_breaks_a_limit(
    text: str, authors: tuple[str, ...], show: Callable[[Paper, str], Iterator[Message | View]]
) -> None:
    """Titles, names, addresses, abstracts and sources of any length make what Slack takes."""
    check(show(paper(text, authors), text[:5000]))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_query_breaks_a_limit(library: Library, query: str, text: str) -> None:
    """Queries, suggestions and words of any length make what Slack takes."""
    check(of_a_list(answer(library, query, text[:5000], paper(text, (text,))), text[:5000]))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_words_break_a_limit(text: str) -> None:
    """What is said to one person is taken, whatever a person, a file or a command is called."""
    check(of_the_rest(text[:5000]))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_topic_breaks_a_limit(library: Library, text: str) -> None:
    """Queries, people and Slack's reasons of any length make what Slack takes."""
    check(iter(of_any_text(library, text[:5000])))


def test_fixed_words_are_taken() -> None:
    """What is always the same is what Slack takes."""
    fixed = (
        render.fault("a1b2c3"),
        render.outdated(),
        render.not_opened(),
        render.not_changed(),
        render.not_let(),
        render.busy(),
        render.uncertain(),
        render.unseen(),
        render.invited(),
        render.not_skipped(1),
        render.topic_list(Listed("", (), 0, 0, None), LOADED_AT),
        render.welcome(0),
        render.status(Status(0, 0, {}, {}, None, ""), [], "1", datetime.now(UTC)),
        render.feed_list([], LOADED_AT),
        render.reload_begun(10**9),
        render.reload_goes_on(Progress(10**9, 10**9, 10**9, 1.0)),
        render.reload_goes_on(Progress(1, 1, 10**9, 1.0)),
        render.reload_failed("why", 0, None, LOADED_AT),
        *(render.help_page(about, 10**9) for about in ("", "me", *COMMANDS, *GUIDES)),
    )
    check(iter(fixed))
