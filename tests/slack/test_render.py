from dataclasses import replace
from datetime import timedelta

import pytest

from bot.library import Answer, Library
from bot.papers import Paper, Source, TitleOrigin
from bot.playground.checks import content_of
from bot.slack import render
from bot.slack.render import Message
from tests.conftest import LOADED_AT

HOSTILE = "<!channel> *_~`<@U1> :tada: & \u202e <https://evil.example|x> " * 12


def strictly(message: Message) -> Message:
    """Return the message; fails where Slack would refuse it."""
    content_of({"text": message.text, "blocks": list(message.blocks)})
    return message


def hostile(answer: Answer) -> Answer:
    """Return the answer as if a paper, a query and an abstract were made to break it."""
    paper = Paper(
        number=1,
        shown_id="p0123456789",
        title=HOSTILE,
        title_origin=TitleOrigin.PAGE,
        abstract=HOSTILE,
        first_author=HOSTILE,
        authors=(HOSTILE, HOSTILE),
        url="https://evil.example/|>?a=1" + "&b=é" * 70,
        sources=(Source("a.txt", 1),),
    )
    found = replace(answer.found[0], paper=paper, missing=(HOSTILE, "b" * 400))
    return replace(answer, query=replace(answer.query, text=HOSTILE), found=(found,) * 5)


def test_results_look_as_designed(library: Library) -> None:
    """A search shows title, authors, year, id, what is missing, and a snippet with bold matches."""
    message = strictly(render.results(library.search("backdoor instruction tuning", 5), "ana"))
    assert [block["type"] for block in message.blocks] == ["section"] * 6 + ["context"]
    texts = [block["text"]["text"] for block in message.blocks[:-1]]
    assert texts[0] == "*backdoor instruction tuning* · 2 papers have every word, 128 have some"
    assert texts[3].splitlines() == [
        "*3. <https://arxiv.org/abs/2410.10739|Balancing Continuous Pre-Training and Instruction Fine-Tuning:"
        " Optimizing Instruction-Following in LLMs>*",
        "first author Ishan Jindal · 2024 · arXiv 2410.10739 · without: backdoor",
        "The models also need to be *fine-tuned* with specific *instructions* to maintain their ability to"
        " follow *instructions* accurately.",
    ]
    assert message.blocks[6]["elements"] == [{"type": "mrkdwn", "text": "asked by ana", "verbatim": True}]
    assert message.text.splitlines()[:2] == [
        texts[0],
        "1. Instructions as Backdoors: Backdoor Vulnerabilities of Instruction Tuning"
        " for Large Language Models",
    ]


@pytest.mark.parametrize(
    ("query", "head"),
    [
        ("loramoe", "*loramoe* · 1 paper"),
        ("lora", "*lora* · 5 papers"),
        ("poly qqqq", "*poly qqqq* · no paper has every word, 1 has some"),
        ("arabic synonym", "*arabic synonym* · 1 paper has every word, 4 have some"),
        ("loramoe router", "*loramoe router* · 1 paper has every word, 1 has some"),
        ("arabic arabic", "*arabic arabic* · 1 paper"),
    ],
)
def test_the_head_counts(library: Library, query: str, head: str) -> None:
    """The first line says how many papers have every word and how many have some."""
    assert render.results(library.search(query, 5), "ana").text.splitlines()[0] == head


def test_nothing_found_names_the_words_and_the_corpus(library: Library) -> None:
    """What was searched, and when it was loaded, is said."""
    answer = library.search("backdor atack", 5)
    text = "No paper has *backdor* or *atack* (382 papers, loaded 2 h ago)."
    assert strictly(render.nothing_found(answer, LOADED_AT + timedelta(hours=2))) == Message(
        text,
        (
            {
                "type": "section",
                "expand": True,
                "text": {"type": "mrkdwn", "text": text, "verbatim": True},
            },
        ),
    )


def test_many_unknown_words_are_cut(library: Library) -> None:
    """A query of fifty unknown words is not repeated whole."""
    answer = library.search(" ".join(f"qqq{number}" for number in range(60)), 5)
    text = render.nothing_found(answer, LOADED_AT).text
    assert len(text) < 500
    assert text.endswith("or *qqq9* or 50 others (382 papers, loaded just now).")


@pytest.mark.parametrize("topic", ["", "search"])
def test_help_fits(topic: str) -> None:
    """Help is within Slack's limits, and gives a command a line."""
    assert "`/paper" in strictly(render.help_page(topic, 382)).text


@pytest.mark.parametrize("text", ["&" * 5000, "<!channel> " * 500, "*_~` " * 900, "é" * 3000, "a " * 4000])
def test_no_text_breaks_a_limit(library: Library, text: str) -> None:
    """Titles, names, addresses, queries and missing words of any length make a message that Slack takes."""
    answer = hostile(library.search("backdoor", 5))
    paper = replace(
        answer.found[0].paper,
        title=text,
        authors=(text, text),
        first_author=text,
        url=f"https://x.org/?{text}",
    )
    found = replace(answer.found[0], paper=paper, missing=(text, text))
    query = replace(answer.query, text=text)
    message = strictly(render.results(replace(answer, query=query, found=(found,) * 5), text))
    assert sum(len(str(block)) for block in message.blocks) < 10_000


def test_an_asker_without_a_name_is_not_named(library: Library) -> None:
    """Where Slack sends no name there is no line for it."""
    blocks = render.results(library.search("loramoe", 5), "").blocks
    assert [block["type"] for block in blocks] == ["section", "section"]


def test_a_clock_that_runs_behind_is_no_nonsense(library: Library) -> None:
    """A load in the future was just now."""
    answer = library.search("qqqq", 5)
    text = render.nothing_found(answer, LOADED_AT - timedelta(hours=1)).text
    assert text == "No paper has *qqqq* (382 papers, loaded just now)."


def test_hostile_text_stays_text(library: Library) -> None:
    """Titles, names and queries bring no mention, no link of theirs and no broken limit."""
    message = strictly(render.results(hostile(library.search("backdoor", 5)), HOSTILE))
    for text in (message.text, *(block["text"]["text"] for block in message.blocks[:-1])):
        assert "<!" not in text
        assert "<@" not in text
        assert "|x>" not in text


def test_every_text_object_is_verbatim(library: Library) -> None:
    """Slack is told to make nothing of bare @channel, #general or example.com."""
    for message in (
        render.results(library.search("backdoor", 5), "ana"),
        render.help_page("", 1),
        render.fault("a1b2c3"),
    ):
        for block in message.blocks:
            for text in [block["text"]] if "text" in block else block["elements"]:
                assert text["verbatim"] is True


def test_a_fault_gives_its_reference() -> None:
    """The person gets an apology and the code that the log has."""
    assert strictly(render.fault("a1b2c3")).text == (
        "Sorry, that went wrong, and it is not your doing. Please try again; if it happens again,"
        " tell whoever runs Paperboy this code: `a1b2c3`"
    )
