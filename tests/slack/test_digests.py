"""Digests as they look, and as no paper, topic or name can break them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from bot.digest.edition import Edition, Entry, Section
from bot.digest.sending import Trouble
from bot.library import Library
from bot.matching import Matched
from bot.papers import Paper
from bot.playground.checks import objects
from bot.search.snippet import Run
from bot.slack import render
from bot.slack.buttons import BIBTEX, LONGEST_VALUE, MANAGE, SIMILAR, Alike, One, read
from bot.slack.render import Message, reasons
from bot.slack.render.blocks import LONGEST_BLOCKS, size
from bot.topics import Pause, Person, Place, Topic
from tests.slack.editions import AT, DAILY, HERE, MONDAYS, NOW, edition, topic
from tests.slack.extremes import AUTHORS, TEXTS, paper, strictly

ZONES = ["Europe/London", "America/Argentina/ComodRivadavia"] * 100


def made(papers: list[Paper], *topics: Topic, waiting: int = 0, **more: Any) -> Edition:
    """Return an edition in which papers stand under topics in turn."""
    entries: list[list[Entry]] = [[] for _ in topics]
    for place, each in enumerate(papers):
        entries[place % len(topics)].append(Entry(Matched(each, **{"has": (), "snippet": (), **more}), ()))
    sections = [
        Section(each, tuple(theirs), len(theirs)) for each, theirs in zip(topics, entries, strict=True)
    ]
    upcoming = tuple((each, NOW + timedelta(days=1 + each.number)) for each in topics)
    return Edition(HERE, tuple(sections), waiting, upcoming)


def texts(message: Message) -> list[str]:
    """Return what the sections of a message say."""
    return [block["text"]["text"] for block in message.blocks if block["type"] == "section"]


def foot(*topics: Topic, waiting: int = 0) -> str:
    """Return the last line of a digest for these topics."""
    papers = [replace(paper("A study"), number=each.number) for each in topics]
    return texts(render.digest(made(papers, *topics, waiting=waiting), NOW, AT)[0])[-1]


def test_up_to_three_papers_come_with_a_snippet(library: Library) -> None:
    """More come with title, authors, year and what they have of the topic."""
    few, many = (edition(library, topic(1, "backdoor attacks", top=top)) for top in (3, 4))
    for shown, lines in ((few, [1, 3, 3, 3]), (many, [1, 2, 2, 2, 2])):
        head, section, _ = texts(render.digest(shown, NOW, AT)[0])
        assert head == f"*{len(shown.papers)} new papers*: 1 backdoor attacks"
        assert len(section.split("\n")) == sum(lines)


def test_a_paper_says_which_other_topics_chose_it(library: Library) -> None:
    """It stands once; a topic whose papers all stand elsewhere is named above."""
    one, two = topic(1, "backdoor attacks", top=1), topic(2, "backdoor attack", top=1)
    head, section, last = texts(render.digest(edition(library, one, two), NOW, AT)[0])
    assert head == "*1 new paper*: 1 backdoor attacks · 2 backdoor attack"
    assert section.split("\n")[2] == "Jiashu Xu + 4 · 2023 · has: backdoors, attacker · also topic 2"
    assert last.endswith("next: Mon 30 Nov, 09:00 Europe/London · set by ana")
    entry = Entry(Matched(paper("A study"), (), ()), (2, 3, 4, 5, 6, 7, 8))
    several = Edition(HERE, (Section(one, (entry,), 1),), 0, ())
    assert texts(render.digest(several, NOW, AT)[0])[1].endswith("also topics 2, 3, 4, 5, 6 and 2 others")


def test_a_first_digest_says_what_it_draws_on(library: Library) -> None:
    """Where papers were there before their topic; with new ones among them it counts new papers."""
    first = topic(1, "prompt injection", newest=10_000, earlier=3)
    head, section, _ = texts(render.digest(edition(library, first), NOW, AT)[0])
    assert head == "*3 papers*: 1 prompt injection"
    said = "*1 prompt injection* · first digest, with papers that were already here"
    assert section.split("\n")[0] == said
    mixed = replace(edition(library, topic(1, "prompt injection")))
    lowest = min(mixed.papers)
    mixed = edition(library, topic(1, "prompt injection", newest=lowest, earlier=3))
    head, section, _ = texts(render.digest(mixed, NOW, AT)[0])
    assert head == "*3 new papers*: 1 prompt injection"
    assert section.split("\n")[0] == said


@pytest.mark.parametrize(
    ("topics", "waiting", "said"),
    [
        ((topic(1, "tea"),), 0, "next: Wed 25 Nov, 09:00 Europe/London · set by ana"),
        ((topic(1, "tea"),), 1, "1 more waits · next: Wed 25 Nov, 09:00 Europe/London · set by ana"),
        (
            (topic(1, "tea", DAILY), topic(2, "coffee", owner=Person("U2", "ben"))),
            1200,
            "1,200 more wait · next: 1 Wed 25 Nov, 2 Thu 26 Nov, 09:00 Europe/London · set by ana, ben",
        ),
        (
            (topic(1, "tea"), topic(2, "coffee", replace(MONDAYS, at=time(17, 30), zone="America/New_York"))),
            0,
            "next: 1 Wed 25 Nov, 09:00 Europe/London; 2 Thu 26 Nov, 17:30 America/New_York · set by ana",
        ),
        ((topic(1, "tea", owner=Person("U1", "")),), 0, "next: Wed 25 Nov, 09:00 Europe/London"),
        (
            tuple(topic(number, "tea", owner=Person("U", f"p{number}")) for number in range(1, 8)),
            0,
            "next: 1 Wed 25 Nov, 2 Thu 26 Nov, 3 Fri 27 Nov, 4 Sat 28 Nov, 5 Sun 29 Nov, 6 Mon 30 Nov,"
            " 7 Tue 1 Dec, 09:00 Europe/London · set by p1, p2, p3, p4, p5 and 2 others",
        ),
    ],
)
def test_the_foot_says_what_waits_and_what_comes(topics: tuple[Topic, ...], waiting: int, said: str) -> None:
    """How many wait, when the topics come next, and who set them."""
    assert foot(*topics, waiting=waiting) == f"Abstracts in the thread · {said}"


def test_a_topic_that_brings_nothing_is_not_named(library: Library) -> None:
    """Though it was due as well."""
    silent = topic(2, "quantum chromodynamics", DAILY, owner=Person("U2", "ben"))
    head, _, last = texts(render.digest(edition(library, topic(1, "loramoe"), silent), NOW, AT)[0])
    assert head == "*1 new paper*: 1 loramoe"
    assert last == "Abstracts in the thread · next: Mon 30 Nov, 09:00 Europe/London · set by ana"


def test_topics_that_come_together_are_named_once() -> None:
    """With one moment for all there is no need of numbers."""
    topics = topic(1, "tea"), topic(2, "coffee")
    together = made([paper("A study"), paper("A study")], *topics)
    same = replace(together, upcoming=tuple((each, NOW + timedelta(days=7)) for each in topics))
    assert "next: Mon 30 Nov, 09:00 Europe/London ·" in texts(render.digest(same, NOW, AT)[0])[-1]
    other = topic(3, "milk")
    three = made([paper("A study")] * 3, *topics, other)
    moments = (*same.upcoming, (other, NOW + timedelta(days=8)))
    shown = texts(render.digest(replace(three, upcoming=moments), NOW, AT)[0])[-1]
    assert "next: 1 and 2 Mon 30 Nov, 3 Tue 1 Dec, 09:00 Europe/London ·" in shown


def test_the_buttons_hold_all_they_need(library: Library) -> None:
    """Manage topics under the digest; what is like each paper and its BibTeX in the thread."""
    message, reply = render.digest(edition(library, topic(1, "prompt injection", top=2)), NOW, AT)
    pressed = [
        [
            (each["action_id"], read(each.get("value")))
            for _, each in objects(list(shown.blocks))
            if "action_id" in each
        ]
        for shown in (message, reply)
    ]
    assert pressed == [
        [(MANAGE, None)],
        [
            (SIMILAR, Alike("2308.10819", 0, AT)),
            (BIBTEX, One("2308.10819", AT)),
            (SIMILAR, Alike("2410.22284", 0, AT)),
            (BIBTEX, One("2410.22284", AT)),
        ],
    ]


def test_the_abstracts_come_in_as_few_replies_as_fit() -> None:
    """Each whole and in order; one that would not fit any more begins the next reply."""
    papers = [replace(paper(f"Study {number}"), abstract="word " * 500) for number in range(7)]
    message, *replies = render.digest(made(papers, topic(1, "tea")), NOW, AT)
    assert [each.text.count("Study") for each in replies] == [3, 3, 1]
    assert [size(each.blocks) <= LONGEST_BLOCKS for each in (message, *replies)] == [True] * 4
    assert size(replies[0].blocks) + size(replies[1].blocks[:3]) > LONGEST_BLOCKS
    shown = [block["text"]["text"] for each in replies for block in each.blocks if block["type"] == "section"]
    assert shown[1::2] == ["word " * 499 + "word"] * 7


def test_a_very_long_abstract_is_cut_and_says_so() -> None:
    """With its length, and where the rest is."""
    long = replace(paper("A study"), abstract="word " * 200_000)
    for address, where in (
        ("https://x.org/1", "<https://x.org/1|on its page>"),
        ("", "in the file it comes from"),
    ):
        _, reply = render.digest(made([replace(long, url=address)], topic(1, "tea")), NOW, AT)
        strictly(reply)
        note = reply.blocks[-2]["elements"][0]["text"]
        assert note == f"Cut here: the abstract has 1,000,000 characters. The rest is {where}."


def check(messages: tuple[Message, ...]) -> None:
    """Fail where Slack would refuse one of these, or where a button is not what it should be."""
    for message in messages:
        strictly(message)
        for _, each in objects(list(message.blocks)):
            if each.get("type") == "button" and each["action_id"] != MANAGE:
                assert len(each["value"]) <= LONGEST_VALUE
                assert read(each["value"]) is not None


def troubles(each: Topic) -> Iterator[Message]:
    """Yield all that is said of topics in trouble."""
    for topics in ((each,), (each,) * 200):
        yield render.going_on(topics)
        yield render.owner_left(topics)
        for why in ("is_archived", "missing_scope", "restricted_action", each.query[:500]):
            yield render.trouble(Trouble(HERE, topics, why))
            yield render.trouble(Trouble(HERE, topics, why, held=True))


@pytest.mark.parametrize("authors", AUTHORS.values(), ids=AUTHORS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_nothing_breaks_a_limit(text: str, authors: tuple[str, ...]) -> None:
    """Ten papers for many topics, one for one: whatever they, their words and people are called."""
    each = replace(paper(text, authors), acl_id=text[:60], year=2023)
    owner = Person("U1", text[:2000])
    many = [
        topic(number, text[:500], replace(MONDAYS, zone=zone), owner=owner, newest=1, earlier=1)
        for number, zone in zip(range(801, 1001), ZONES, strict=True)
    ]
    passage = (Run(text[:80]), Run(text[:80], matched=True)) * 2
    for papers in ([each], [each] * 3, [each] * 10):
        full = made(papers, *many, has=(text[:500],) * 30, snippet=passage, waiting=10**9)
        brimming = tuple(
            replace(
                section,
                chosen=1,
                entries=tuple(replace(one, also=tuple(range(200))) for one in section.entries),
            )
            for section in full.sections
        )
        check(render.digest(replace(full, sections=brimming), NOW, AT))
        check(render.digest(made(papers, many[0], has=(text[:500],) * 30, snippet=passage), NOW, AT))
    for message in troubles(many[0]):
        strictly(message)


@pytest.mark.parametrize("code", [*reasons._ROWS, "some_new_code"])  # noqa: SLF001 (each row of the table)
def test_every_reason_makes_a_sentence(code: str) -> None:
    """Why, when it is over, and whether anybody must resume."""
    for many in ((topic(1, "tea"),), (topic(1, "tea"), topic(2, "coffee"))):
        first, named, then = strictly(render.trouble(Trouble(HERE, many, code))).text.split("\n")
        assert first.startswith("I cannot post in <#C0SAFETY01>: ")
        assert "{" not in first
        assert named == ("Paused there: topic 1 tea.", "Paused there: topics 1 tea, 2 coffee.")[len(many) - 1]
        resumes = "`/paper resume 1`" in then
        assert resumes is not reasons.ends_by_itself(code)
        assert then.endswith("Nothing is lost: what was missed will come.")


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    """In code, so that somebody can look it up."""
    assert reasons.why("some_new`code") == "Slack says `some_newˋcode`"


def test_trouble_in_direct_messages_names_no_channel() -> None:
    """There is no link to such a conversation."""
    there = Trouble(Place("T1", "D1"), (topic(1, "tea"),), "is_archived")
    assert render.trouble(there).text.startswith("I cannot post in our direct messages: ")


def test_paused_topics_of_somebody_who_left_stay_paused() -> None:
    """Of several one is told together."""
    paused = replace(topic(1, "tea"), pause=Pause(NOW, why="is_archived"))
    goes = topic(2, "coffee")
    assert [render.owner_left(each).text for each in ([paused], [goes], [paused, goes])] == [
        "ana, who set topic 1 here, has left; it stays paused, and anyone here may change it.",
        "ana, who set topic 2 here, has left; it goes on, and anyone here may change it.",
        "ana, who set topics 1 and 2 here, has left; they go on, and anyone here may change them.",
    ]
