"""Each kind of message and window, whole, as a readable file in `golden/`.

After a change that is meant: `PAPERBOY_REWRITE_GOLDENS=1 pytest tests/slack/test_golden.py`, which writes the
files and fails, so that somebody looks at the difference and runs the tests again. In CI nothing is written.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answers import Progress, Status
from bot.arriving import Arrived
from bot.digest.following import News
from bot.digest.sending import Trouble
from bot.fetches import Fetch
from bot.library import Library
from bot.papers import Problem, Source
from bot.slack import render
from bot.slack.asked import Slip, UsageError
from bot.slack.buttons import One, Results, Window
from bot.slack.render import Message, View
from bot.slack.render.lists import PAGE, WINDOW_PAGE
from bot.slack.render.pager import loaded
from bot.topics import Person
from tests.conftest import LOADED_AT
from tests.slack import followed
from tests.slack.editions import DAILY, HERE, edition, topic
from tests.slack.extremes import feed, load, strictly, strictly_shown

GOLDEN = Path(__file__).parent / "golden"
QUERY, ID, OTHER = "backdoor instruction tuning", "2305.14710", "2311.09433"
NOW, AT = LOADED_AT + timedelta(hours=2), int(LOADED_AT.timestamp())
URL = "https://hooks.slack.com/actions/T0/1/x"
BACKDOOR, ALIGNMENT = topic(1, "backdoor attacks", DAILY), topic(2, "safety alignment")
FIRST = topic(3, "prompt injection", newest=10_000, earlier=3)
PROBLEMS = tuple(Problem("a.jsonl", line, "no title and no abstract") for line in range(1, 14))
NEWS = News(7, 1, ((BACKDOOR, 3), (ALIGNMENT, 5)))

CL = feed(1, "arxiv:cs.CL", by=None, succeeded=NOW - timedelta(hours=5), papers=45)
CR = feed(
    2,
    "arxiv:cs.CR",
    by=Person("U1", "ana"),
    succeeded=NOW,
    papers=7,
    failed=NOW - timedelta(days=3),
    fault="export.arxiv.org is too busy to send the feed (status 503).",
)
GONE = feed(
    3,
    "https://example.org/feed.xml",
    faults=3,
    by=None,
    papers=1,
    succeeded=NOW - timedelta(days=2),
    failed=NOW - timedelta(minutes=45),
    due=NOW + timedelta(minutes=15),
    fault="example.org sent no feed, but status 404.",
)
NEW = feed(14, 'arxiv:ti:"backdoor attack" AND cat:cs.*', by=Person("U1", "ana"), papers=0, succeeded=None)
FEEDS = (CL, CR, GONE, NEW)

KINDS: dict[str, Callable[[Library], Message | View]] = {
    **followed.KINDS,
    "results": lambda library: render.results(library.search(QUERY, PAGE), "ana"),
    "results-shared": lambda library: render.results(library.search(QUERY, PAGE, 5), "ana", "shared"),
    "results-private": lambda library: render.page(library.search(QUERY, PAGE)),
    "results-page": lambda library: render.page(library.search(QUERY, PAGE, 5)),
    "results-reloaded": lambda library: render.page(library.search(QUERY, PAGE, 125), since=True),
    "results-weak": lambda library: render.page(library.search("xu backdoor", PAGE)),
    "nothing-found": lambda library: render.nothing_found(library.search("backdor atack", PAGE), NOW),
    "similar": lambda library: render.page(library.similar(ID, PAGE)),
    "similar-window": lambda library: render.similar_window(library.similar(ID, WINDOW_PAGE), Window(URL)),
    "paper": lambda library: render.paper_message(library.paper(ID), AT, private=True),
    "paper-shared": lambda library: render.shared_paper(library.paper(ID), AT, "ana"),
    "paper-gone": lambda library: render.paper_message(
        replace(library.paper(ID), sources=()), AT, private=True
    ),
    "paper-fed": lambda library: render.paper_message(
        replace(library.paper(ID), sources=(Source("a.txt", 1_234), Source("arxiv:cs.CL", 0))),
        AT,
        private=True,
    ),
    "paper-window": lambda library: render.paper_window(library.paper(ID), AT, Window(URL)),
    "paper-window-used": lambda library: render.paper_window(
        library.paper(ID), AT, Window(URL, bibtex=True, shared=True), since=True
    ),
    "bibtex": lambda library: render.bibliography([library.paper(ID), library.paper(OTHER)], ["9999.99999"]),
    "status": lambda library: render.status(library.status(), [], "0.1.0", NOW),
    "status-problems": lambda _: render.status(
        Status(7, 8, {"a.jsonl": 8}, {}, load("ana", PROBLEMS), ""), [], "0.1.0", NOW
    ),
    "status-reloading": lambda _: render.status(
        Status(7, 8, {"a.jsonl": 8}, {}, load("ana"), "ben's reload"), [], "0.1.0", NOW
    ),
    "status-feeds": lambda _: render.status(
        Status(54, 60, {"a.jsonl": 8}, {CL.name: 45, CR.name: 7}, load("ana"), ""), FEEDS, "0.1.0", NOW
    ),
    "feeds": lambda _: render.feed_list(FEEDS, NOW),
    "feeds-many": lambda _: render.feed_list(
        [*(replace(CL, number=each) for each in range(1, 22)), replace(GONE, number=22), CR], NOW
    ),
    "feeds-none": lambda _: render.feed_list([], NOW),
    "feed-added": lambda _: render.feed_added(CR),
    "feed-fetched": lambda _: render.feed_fetched(CR, Fetch(CR.name, Arrived(45, 2)), NEWS, NOW),
    "feed-fetched-nothing": lambda _: render.feed_fetched(
        CR, Fetch(CR.name, Arrived(problems=PROBLEMS[:1])), None, NOW
    ),
    "feed-fetched-not": lambda _: render.feed_fetched(GONE, Fetch(GONE.name, fault=GONE.fault), None, NOW),
    "feed-fetched-beside-a-load": lambda _: render.feed_fetched(
        replace(CR, due=NOW + timedelta(hours=3)),
        Fetch(CR.name, fault="ana's reload is under way."),
        None,
        NOW,
    ),
    "feed-fetched-later": lambda _: render.feed_fetched(CR, None, None, NOW),
    "feed-removed": lambda _: render.feed_removed(CR),
    "feed-removed-empty": lambda _: render.feed_removed(NEW),
    "feeds-failing": lambda _: render.feeds_failing([CL, GONE], NOW),
    "feed-failing": lambda _: render.feeds_failing([GONE], NOW),
    "feeds-well": lambda _: render.feeds_well([CL, CR], NOW),
    "feed-well": lambda _: render.feeds_well([CR], NOW),
    "reload-begun": lambda _: render.reload_begun(296),
    "reload-begun-empty": lambda _: render.reload_begun(0),
    "reload-goes-on": lambda _: render.reload_goes_on(Progress(5, 4, 370, 0.9)),
    "reload-goes-on-in-one": lambda _: render.reload_goes_on(Progress(1, 0, 512_000, 0.439)),
    "reload-done": lambda _: render.reload_done(load("ana"), NEWS),
    "reload-done-many-topics": lambda _: render.reload_done(
        load("ana", seconds=75),
        News(1_200, 40, tuple((topic(each, f"lora {each}"), each % 3 + 1) for each in range(1, 7))),
    ),
    "reload-done-no-match": lambda _: render.reload_done(load("ana", PROBLEMS[:1]), News(0, 0, ())),
    "reload-done-refused": lambda _: render.reload_done(
        load("ana", (Problem("b.txt", 0, "it is not text"), *PROBLEMS)), None
    ),
    "reload-unchanged": lambda _: render.reload_done(load("ana", new=0, seconds=0.04), None),
    "reload-unchanged-refused": lambda _: render.reload_done(load("ana", PROBLEMS, new=0, seconds=750), None),
    "reload-failed": lambda _: render.reload_failed("seeds is not readable.", 296, LOADED_AT, NOW),
    "reload-failed-empty": lambda _: render.reload_failed("seeds is not readable", 0, None, NOW),
    "help-reload": lambda library: render.help_page("reload", library.size),
    "help": lambda library: render.help_page("", library.size),
    "help-search": lambda library: render.help_page("search", library.size),
    "slip": lambda _: render.slip(Slip("shwo 2305.14710", "show 2305.14710")),
    "welcome": lambda library: render.welcome(library.size),
    "invited": lambda _: render.invited(),
    "help-command": lambda library: render.help_page("show", library.size),
    "refusal": lambda _: render.refused(
        UsageError("Search for what? For example:", "/paper search status quo bias")
    ),
    "refusal-plain": lambda _: render.refusal("This channel follows no topic."),
    "fault": lambda _: render.fault("a1b2c3"),
    "fault-window": lambda _: render.notice(render.fault("a1b2c3")),
    "unknown-command": lambda _: render.unknown_command("/paperx"),
    "outdated": lambda _: render.outdated(),
    "not-opened": lambda _: render.not_opened(),
    "not-shared": lambda _: render.not_shared(One(ID, AT)),
    "not-changed": lambda _: render.not_changed(),
    "not-let": lambda _: render.not_let(),
    "busy": lambda _: render.busy(),
    "unseen": lambda _: render.unseen(),
    "unsure": lambda _: render.unsure(Results(QUERY, 5, AT)),
    "paper-window-noted": lambda library: render.with_note(
        render.paper_window(library.paper(ID), AT, Window(URL)), render.not_opened()
    ),
    "uncertain": lambda _: render.uncertain(),
    "digest": lambda library: render.digest(edition(library, BACKDOOR, ALIGNMENT), NOW, AT)[0],
    "digest-thread": lambda library: render.digest(edition(library, BACKDOOR), NOW, AT)[1],
    "digest-first": lambda library: render.digest(edition(library, FIRST), NOW, AT)[0],
    "trouble": lambda _: render.trouble(Trouble(HERE, (BACKDOOR, ALIGNMENT), "is_archived")),
    "trouble-forbidden": lambda _: render.trouble(Trouble(HERE, (BACKDOOR,), "restricted_action")),
    "trouble-held": lambda _: render.trouble(Trouble(HERE, (BACKDOOR,), "missing_scope", held=True)),
    "going-on": lambda _: render.going_on([BACKDOOR, ALIGNMENT]),
    "owner-left": lambda _: render.owner_left([BACKDOOR]),
}


def payload(shown: Message | View) -> str:
    """Return what is sent, as it stands in its file."""
    if isinstance(shown, Message):
        strictly(shown)
        sent = {"text": shown.text.split("\n"), "blocks": shown.blocks}
    else:
        sent = strictly_shown(shown)
    return json.dumps(sent, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_it_looks_as_its_file_says(library: Library, kind: str) -> None:
    """The whole payload is as it was agreed."""
    path, sent = GOLDEN / f"{kind}.json", payload(KINDS[kind](library))
    if os.environ.get("PAPERBOY_REWRITE_GOLDENS") and "CI" not in os.environ:
        path.write_text(sent, encoding="utf-8")
        pytest.fail(f"{path.name} is written anew: look at the difference, and run the tests again")
    assert json.loads(sent) == json.loads(path.read_text(encoding="utf-8"))


def test_each_file_belongs_to_a_kind() -> None:
    """None is left behind."""
    assert {path.stem for path in GOLDEN.iterdir()} == KINDS.keys()


def test_every_renderer_has_a_file() -> None:
    """Whatever renders a message or a window is in the table."""
    used = {name for each in KINDS.values() for name in each.__code__.co_names}
    assert {name for name in render.__all__ if name.islower()} <= used


def test_buttons_hold_the_time_of_the_load(library: Library) -> None:
    """In Unix seconds, so that a later load is seen."""
    assert loaded(library.search("lora", PAGE)) == AT
