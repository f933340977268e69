"""Papers, queries and answers made to break a message, and checks as strict as Slack's."""

import re
from dataclasses import replace
from typing import Any

from bot.answers import Answer, Found, Loaded, Similar, Suggestion
from bot.library import Library
from bot.papers import Paper, Problem, Source, TitleOrigin
from bot.playground import SAFETY
from bot.playground.checks import content_of, objects, view_of
from bot.slack.render import Message, View
from bot.store.feeds import Followed
from bot.topics import Person
from tests.conftest import LOADED_AT

HOSTILE = "<!channel> <!here> @channel *_~`<@U1> :tada: & \u202e <https://evil.example|x> " * 12
TEXTS = {
    "plain": "A study of things",
    "empty": "",
    "invisible": "\u202e\u200b",
    "hostile": HOSTILE,
    "300 characters": "Attention is all you need, " * 12,
    "3,000 characters": "x" * 3000,
    "20,000 characters": "Words of an abstract, and more of them. " * 500,
    "2 MB": "All work and no play makes a very long abstract. " * 42_000,
    "ampersands": "&" * 5000,
    "backticks": "`" * 5000,
    "underscores": "*_~` " * 900,
    "right to left": "دراسة عن النماذج اللغوية الكبيرة " * 100,
    "emoji": "🙂👩‍👩‍👧 :tada: " * 400,
    "one word": "é" * 3000,
    "lines": "one\ntwo\n\n" * 700,
}
AUTHORS = {
    "none": (),
    "2,000": tuple(f"Author Number{number}" for number in range(2000)),
    "one of 3,000 characters": ("N" * 3000,),
    "hostile": (HOSTILE, "", "\u202e", "&" * 300),
}
QUERIES = {"ampersands": "&" * 500, "quotes": '"' * 500, "emoji": "🙂" * 500, "too long": "a " * 5000}


def paper(text: str, authors: tuple[str, ...] = (), sources: int = 60) -> Paper:
    """Return a paper that says `text` wherever it can."""
    return Paper(
        number=1,
        shown_id="p0123456789",
        title=text,
        title_origin=TitleOrigin.PAGE,
        abstract=text,
        first_author=authors[0] if authors else "",
        authors=authors,
        url=f"https://evil.example/|>?a=1{text[:200]}",
        sources=tuple(Source(f"{text[:100]}{number}.txt", number) for number in range(sources)),
    )


def answer(library: Library, query: str, text: str, found: Paper) -> Answer:
    """Return an answer in which query, suggestion, unknown and missing words are made to break it."""
    real = library.search("backdoor", 5)
    hit = replace(real.found[0], paper=found, missing=(text, "b" * 400))
    return replace(
        real,
        query=replace(real.query, text=query),
        found=(hit,) * 5,
        total=10**9,
        complete=0,
        unknown=(text,) * 60,
        weak=True,
        suggestion=Suggestion(query, 3, 10**9, 0),
    )


def feed(number: int, text: str, faults: int = 0, **fared: Any) -> Followed:
    """Return a feed that says `text` wherever it can, and has failed so often in a row."""
    return replace(
        Followed(
            number=number,
            name=text,
            by=Person("U1", text) if number % 2 else None,
            due=LOADED_AT,
            etag=text,
            modified=text,
            succeeded=LOADED_AT if number % 2 else None,
            failed=LOADED_AT if faults else None,
            fault=text if faults else "",
            faults=faults,
            papers=10**9,
        ),
        **fared,
    )


def similar(found: Paper, number: int) -> Similar:
    """Return so many papers like one, all of them this one."""
    return Similar(found, 10, (Found(found, 1.0, (), ()),) * number, 10**9, LOADED_AT)


def load(by: str, problems: tuple[Problem, ...] = (), new: int = 86, seconds: float = 0.4) -> Loaded:
    """Return a load that left 382 papers."""
    return Loaded(
        by=by,
        at=LOADED_AT,
        seconds=seconds,
        papers=382,
        new=new,
        revised=0,
        unchanged=382 - new,
        removed=0,
        problems=problems,
    )


def strictly(message: Message) -> Message:
    """Return the message; fails where Slack would refuse it, or where it is longer than planned."""
    blocks = list(message.blocks)
    content_of({"text": message.text, "blocks": blocks})
    assert message.text.strip()
    assert len(message.text) <= 4000
    assert sum(len(each["text"]) for _, each in objects(blocks) if isinstance(each.get("text"), str)) < 10_000
    _markup_free(message.text)
    _texts_are_verbatim(blocks)
    return message


def strictly_shown(view: View) -> View:
    """Return the view; fails where Slack would refuse it."""
    view_of(view, "modal")
    _texts_are_verbatim(view["blocks"])
    return view


def _texts_are_verbatim(blocks: object) -> None:
    for _, each in objects(blocks):
        if each.get("type") == "mrkdwn":
            assert each["verbatim"] is True
            _markup_free(each["text"])
        if each.get("type") == "plain_text":
            assert each["emoji"] is False
            assert "\u202e" not in each["text"]


def _markup_free(text: str) -> None:
    """Fail where a paper's or a person's text could be taken for Slack's markup."""
    text = text.replace(f"<#{SAFETY}>", "")  # a link to a channel, which we make
    for markup in ("<!", "<@", "<#", "|x>", "\u202e"):
        assert markup not in text
    assert ":tada: " not in re.sub("`[^`]*`", "", text)  # in code it is no emoji
