"""A digest: the message, and the replies in its thread. Pure.

Law: it fits, whatever the papers, topics and names are. Nobody is mentioned: a mention pings, at every run.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.digest import phrases
from bot.digest.edition import Edition, Entry, Section
from bot.papers import Paper
from bot.slack.buttons import MANAGE
from bot.slack.render import blocks
from bot.slack.render.blocks import (
    LONGEST_BLOCKS,
    LONGEST_SECTION,
    LONGEST_TITLE,
    Block,
    Message,
    fit,
    name,
    passage_of,
    size,
    title_link,
)
from bot.slack.render.papers import IN_A_MESSAGE, IN_A_TEASER, abstract_of, further
from bot.topics import Topic
from bot.wording import authors, byline, counted, listed

_WITH_SNIPPETS = 3  # papers; of more, title and authors only
_NAMED_TOPICS, _NAMED_PEOPLE, _NAMED_ALSO = 10, 5, 5
_QUERY, _PERSON, _WORDS, _AUTHORS, _UPCOMING, _ABOUT = 60, 40, 80, 120, 400, 300
_TITLE, _LINKED = 220, 400  # characters of a title, and of it with its address, so that ten fit


def digest(edition: Edition, now: datetime, loaded: int) -> tuple[Message, ...]:
    """Return a digest that has papers, and the replies in its thread.

    `loaded` is when the papers were loaded (Unix seconds), which buttons hold.
    """
    papers = [entry.matched.paper for section in edition.sections for entry in section.entries]
    return (_message(edition, papers, now), *_replies(papers, loaded))


def topic_name(topic: Topic, longest: int = _QUERY) -> str:
    """Return a topic's number and what it asks for, at most so many characters of it."""
    return f"{topic.number} {fit(topic.query, longest)}".strip()


def some(named: Sequence[str], most: int, joined: str = ", ") -> str:
    """Join up to so many names, and count the others."""
    more = f" and {counted(len(named) - most, 'other')}" if len(named) > most else ""
    return joined.join(named[:most]) + more


def _message(edition: Edition, papers: Sequence[Paper], now: datetime) -> Message:
    head = _head(edition, len(papers))
    parts = [
        list(_parts(section, snippets=len(papers) <= _WITH_SNIPPETS))
        for section in edition.sections
        if section.entries
    ]
    foot = blocks.section(_foot(edition, now), blocks.bare_button("Manage topics", MANAGE))
    sections = [block for each in parts for block in _sections(each)]
    titles = [name(paper, LONGEST_TITLE) for paper in papers]
    return blocks.message([head, *titles], [blocks.section(head), *sections, foot])


def _head(edition: Edition, papers: int) -> str:
    is_new = any(not _is_earlier(entry, each) for each in edition.sections for entry in each.entries)
    named = [topic_name(topic) for topic in _brought(edition)]
    return f"*{counted(papers, 'new paper' if is_new else 'paper')}*: {some(named, _NAMED_TOPICS, ' · ')}"


def _brought(edition: Edition) -> list[Topic]:
    """Return the topics that bring something, be it that it stands under another."""
    return [section.topic for section in edition.sections if section.chosen]


def _is_earlier(entry: Entry, section: Section) -> bool:
    """Tell whether a paper was there before the topic under which it stands."""
    return entry.matched.paper.number <= section.topic.newest


def _parts(section: Section, *, snippets: bool) -> Iterator[str]:
    """Yield a topic's name and its papers."""
    earlier = any(_is_earlier(entry, section) for entry in section.entries)
    first = " · first digest, with papers that were already here" if earlier else ""
    yield f"*{topic_name(section.topic)}*{first}"
    for entry in section.entries:
        passage = passage_of(entry.matched.snippet) if snippets else ""
        yield "\n".join(filter(None, (f"*{_title(entry.matched.paper)}*", _about(entry), passage)))


def _title(paper: Paper) -> str:
    linked = title_link(paper, _TITLE)
    return linked if len(linked) <= _LINKED else name(paper, _TITLE)


def _about(entry: Entry) -> str:
    paper, has, also = entry.matched.paper, entry.matched.has, list(map(str, entry.also))
    told = (
        fit(authors(paper), _AUTHORS),
        str(paper.year) if paper.year else "",
        f"has: {fit(', '.join(has), _WORDS)}" if has else "",
        f"also topic{'' if len(also) == 1 else 's'} {some(also, _NAMED_ALSO)}" if also else "",
    )
    return " · ".join(filter(None, told))


def _sections(parts: Iterable[str]) -> Iterator[Block]:
    """Yield what a topic brings in as few paragraphs as Slack takes."""
    text = ""
    for part in parts:
        if text and len(text) + 1 + len(part) > LONGEST_SECTION:
            yield blocks.section(text)
            text = ""
        text += f"\n{part}" if text else part
    yield blocks.section(text)


def _foot(edition: Edition, now: datetime) -> str:
    brought = _brought(edition)
    upcoming = [each for each in edition.upcoming if each[0] in brought]
    waiting = edition.waiting
    people = [fit(person, _PERSON) for person in dict.fromkeys(topic.owner.name for topic in brought)]
    told = (
        "Abstracts in the thread",
        f"{waiting:,} more {'waits' if waiting == 1 else 'wait'}" if waiting else "",
        f"next: {fit(_upcoming(upcoming, now), _UPCOMING)}" if upcoming else "",
        f"set by {some(named, _NAMED_PEOPLE)}" if (named := list(filter(None, people))) else "",
    )
    return " · ".join(filter(None, told))


def _upcoming(upcoming: Sequence[tuple[Topic, datetime]], now: datetime) -> str:
    """Return when topics come next, those of one clock together: `1 Tue 24 Nov, 2 Mon 30 Nov, 09:00 UTC`."""
    clocks: dict[str, dict[str, list[str]]] = {}
    for topic, moment in upcoming:
        clock = f"{topic.schedule.at:%H:%M} {topic.schedule.zone}"
        day = phrases.on(moment, topic.schedule.zone, now)
        clocks.setdefault(clock, {}).setdefault(day, []).append(str(topic.number))
    alike = sum(map(len, clocks.values())) == 1
    return "; ".join(
        ", ".join(
            [*(day if alike else f"{listed(numbers, 'and')} {day}" for day, numbers in days.items()), clock]
        )
        for clock, days in clocks.items()
    )


def _replies(papers: Iterable[Paper], loaded: int) -> Iterator[Message]:
    """Yield the abstracts in as few messages as Slack takes.

    Ten papers never come to the 50 blocks that it takes: one of more than three has 3,000 characters.
    """
    lines: list[str] = []
    shown: list[Block] = []
    for paper in papers:
        row = blocks.actions(*further(paper, loaded))
        whole = list(filter(None, (*_whole(paper), row)))
        if size(shown) + size(whole) > LONGEST_BLOCKS:
            yield blocks.message(lines, shown)
            lines, shown = [], []
        lines += filter(None, (name(paper, LONGEST_TITLE), fit(paper.abstract, IN_A_TEASER)))
        shown += whole
    yield blocks.message(lines, shown)


def _whole(paper: Paper) -> Iterator[Block]:
    """Yield title, byline and abstract."""
    head = (f"*{title_link(paper, LONGEST_TITLE)}*", fit(byline(paper), _ABOUT))
    yield blocks.section("\n".join(filter(None, head)))
    yield from abstract_of(paper, IN_A_MESSAGE, "in the file it comes from")
