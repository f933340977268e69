from dataclasses import replace
from datetime import timedelta

import pytest

from bot.answers import Suggestion
from bot.library import Library
from bot.slack import render
from bot.slack.asked import Slip
from bot.slack.buttons import Window
from tests.conftest import LOADED_AT
from tests.slack.extremes import strictly


def test_results_look_as_designed(library: Library) -> None:
    """A search shows title, authors, year, id, what is missing, and a snippet with bold matches."""
    message = strictly(render.results(library.search("backdoor instruction tuning", 5), "ana"))
    assert [block["type"] for block in message.blocks] == ["section"] * 6 + ["actions", "context"]
    texts = [block["text"]["text"] for block in message.blocks[:-2]]
    assert texts[0] == "*backdoor instruction tuning* · 2 papers have every word, 128 have some"
    assert texts[3].splitlines() == [
        "*3. <https://arxiv.org/abs/2410.10739|Balancing Continuous Pre-Training and Instruction Fine-Tuning:"
        " Optimizing Instruction-Following in LLMs>*",
        "first author Ishan Jindal · 2024 · arXiv 2410.10739 · without: backdoor",
        "The models also need to be *fine-tuned* with specific *instructions* to maintain their ability to"
        " follow *instructions* accurately.",
    ]
    assert message.blocks[7]["elements"] == [{"type": "mrkdwn", "text": "asked by ana", "verbatim": True}]
    assert message.text.splitlines()[:2] == [
        texts[0],
        "1. Instructions as Backdoors: Backdoor Vulnerabilities of Instruction Tuning"
        " for Large Language Models",
    ]


@pytest.mark.parametrize(
    ("query", "head"),
    [
        ("loramoe", "*loramoe* · 1 paper"),
        ("lora", "*lora* · 6 papers"),
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
    """What was searched, when it was loaded, and what would find something is said."""
    message = strictly(
        render.nothing_found(library.search("backdor atack", 5), LOADED_AT + timedelta(hours=2))
    )
    assert message.text.splitlines() == [
        "No paper has *backdor* or *atack* (382 papers, loaded 2 h ago).",
        "Did you mean *backdoor attack*? 4 papers have both words.",
    ]
    assert [element["text"]["text"] for element in message.blocks[1]["elements"]] == [
        "Search backdoor attack"
    ]


@pytest.mark.parametrize(
    ("suggestion", "said"),
    [
        (Suggestion("lora", 1, 6, 6), "Did you mean *lora*? 6 papers have it."),
        (Suggestion("lora", 1, 1, 1), "Did you mean *lora*? 1 paper has it."),
        (Suggestion("lora moe", 2, 13, 2), "Did you mean *lora moe*? 2 papers have both words."),
        (Suggestion("a b c", 3, 13, 1), "Did you mean *a b c*? 1 paper has every word."),
        (Suggestion("a b c", 3, 13, 0), "Did you mean *a b c*? 13 papers have some of the words."),
    ],
)
def test_a_suggestion_says_what_it_would_find(library: Library, suggestion: Suggestion, said: str) -> None:
    """How many papers it finds, by the number of its words."""
    answer = replace(library.search("qqqq", 5), suggestion=suggestion)
    assert render.nothing_found(answer, LOADED_AT).text.splitlines()[1:] == [said]


def test_where_no_word_is_unknown_the_query_is_named(library: Library) -> None:
    """A field or a phrase that lets no paper through finds nothing either."""
    answer = replace(library.search("qqqq", 5), unknown=(), suggestion=None)
    assert render.nothing_found(answer, LOADED_AT).text == (
        "No paper matches *qqqq* (382 papers, loaded just now)."
    )


def test_many_unknown_words_are_cut(library: Library) -> None:
    """A query of fifty unknown words is not repeated whole."""
    answer = library.search(" ".join(f"qqq{number}" for number in range(60)), 5)
    text = render.nothing_found(answer, LOADED_AT).text
    assert len(text) < 500
    assert text.endswith("or *qqq9* or 50 others (382 papers, loaded just now).")


def test_an_asker_without_a_name_is_not_named(library: Library) -> None:
    """Where Slack sends no name there is no line for it."""
    blocks = render.results(library.search("loramoe", 5), "").blocks
    assert [block["type"] for block in blocks] == ["section", "section", "actions"]


def test_a_clock_that_runs_behind_is_no_nonsense(library: Library) -> None:
    """A load in the future was just now."""
    answer = library.search("qqqq", 5)
    text = render.nothing_found(answer, LOADED_AT - timedelta(hours=1)).text
    assert text == "No paper has *qqqq* (382 papers, loaded just now)."


def test_a_fault_gives_its_reference() -> None:
    """The person gets an apology and the code that the log has."""
    assert strictly(render.fault("a1b2c3")).text == (
        "Sorry, that went wrong, and it is not your doing. Please try again; if it happens again,"
        " tell whoever runs Paperboy this code: `a1b2c3`"
    )


def test_a_weak_answer_says_so(library: Library) -> None:
    """It is for the asker alone, who may share it."""
    message = strictly(render.page(replace(library.search("loramoe", 5), weak=True)))
    assert message.text.splitlines()[:2] == [
        "*loramoe* · 1 paper",
        "No paper has even half of that; these are the nearest.",
    ]
    assert [element["action_id"] for element in message.blocks[-1]["elements"]] == ["share"]


@pytest.mark.parametrize(
    ("skip", "range_", "labels"),
    [
        (0, "2 papers have every word, 128 have some", ["More results", "Share here"]),
        (5, "6–10 of 130", ["Previous", "Next", "Share here"]),
        (125, "126–130 of 130", ["Previous", "Share here"]),
    ],
)
def test_a_page_says_where_it_is(library: Library, skip: int, range_: str, labels: list[str]) -> None:
    """A page for one person counts on, and has the buttons that lead anywhere."""
    message = strictly(render.page(library.search("backdoor instruction tuning", 5, skip)))
    assert message.text.splitlines()[0] == f"*backdoor instruction tuning* · {range_}"
    assert message.text.splitlines()[1].startswith(f"{skip + 1}. ")
    assert [element["text"]["text"] for element in message.blocks[-1]["elements"]] == labels


def test_a_window_has_one_note(library: Library) -> None:
    """The later takes the place of the earlier, whatever Slack adds to a window."""
    view = render.paper_window(library.paper("2305.14710"), 0, Window())
    noted = render.with_note({**view, "id": "V1", "hash": "1.2", "submit": None}, render.not_opened())
    again = render.with_note(noted, render.busy())
    assert again == {name: value for name, value in view.items() if name != "blocks"} | {
        "blocks": [
            *view["blocks"],
            {
                "type": "context",
                "block_id": "note",
                "elements": [
                    {
                        "type": "mrkdwn",
                        "text": "Slack is busy; please try again in a minute.",
                        "verbatim": True,
                    }
                ],
            },
        ]
    }


@pytest.mark.parametrize("longest", ["x" * 480, "& " * 100])
def test_a_line_to_type_is_never_cut(longest: str) -> None:
    """A cut one would follow another topic; where one is too long, an example stands in."""
    line = f"subscribe {longest.strip()} top 5"
    shown = f"/paper {line}".replace("&", "&amp;")
    assert strictly(render.refusal("No:", f"/paper {line}")).text == f"No: `{shown}`"
    assert strictly(render.slip(Slip("x", line))).text.startswith(f"Did you mean `{shown}`?")
    example = "`/paper subscribe backdoor attacks weekly on mondays at 9am`"
    assert render.refusal("No:", f"/paper {line} {'&' * 300}").text == f"No: {example}"
    assert render.slip(Slip("x", f"{line} {'x' * 500}")).text.startswith(f"Did you mean {example}?")
    assert render.refusal("No:", "/x" * 400).text == "No: `/paper help`"
