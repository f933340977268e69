import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.asked import UsageError
from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import KINDS, assert_refused, refusal


def test_all_that_is_wrong_is_put_right_in_the_line() -> None:
    """Though the sentence names only what stands last."""
    assert_refused(
        "at 25:00 daily weekly top 0",
        "top 0 is not possible: write top 1 to top 20. For example:",
        "at 09:00 weekly top 1",
    )


def test_a_wrong_clause_without_a_topic_is_refused_with_what_the_command_needs() -> None:
    """To subscribe and to preview take a topic, to edit one does not."""
    assert refusal("at 25:00")[1] == "/paper subscribe backdoor attacks at 09:00"
    assert refusal("at 25:00", "/paper preview")[1] == "/paper preview backdoor attacks at 09:00"
    assert refusal("lora at 25:00", "/paper preview")[1] == "/paper preview lora at 09:00"
    assert refusal("at 25:00", "/paper edit 2")[1] == "/paper edit 2 at 09:00"
    assert refusal("in berln", "/paper edit 2")[1] == "/paper edit 2 in Europe/Berlin"
    assert refusal("at 25", "/paper edit 2")[1] == "/paper edit 2 at 09:00"


def test_what_cannot_be_put_right_has_an_example_instead() -> None:
    """A line that is too long, or wrong too often, would not work either."""
    example = "/paper subscribe backdoor attacks weekdays at 09:00"
    assert refusal(f"{'long ' * 100}top 0")[1] == example
    assert refusal("x " + "top 0 at 25:00 " * 9)[1] == example
    assert refusal("x " + "top 0 at 25:00 " * 9, "/paper edit 2")[1] == "/paper edit 2 weekdays at 09:00"
    longest = "x" * (500 - len("/paper subscribe  top 1"))
    assert refusal(f"{longest} top 0")[1] == f"/paper subscribe {longest} top 1"
    assert refusal(f"{longest}x top 0")[1] == example


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("5pm in berlin: lora", "lora 5pm in berlin"),
        ("daily: lora at 25:00", "lora at 09:00 daily"),
    ],
)
def test_clauses_before_a_colon_are_put_behind_the_topic(said: str, line: str) -> None:
    """Where a line is refused, and has its topic last, the one that works has it first."""
    assert refusal(said) == ("The topic comes first, for example:", f"/paper subscribe {line}")


PIECES = [
    *itertools.chain.from_iterable(KINDS.values()),
    *("top 0", "at 25", "at 25:00", "25:00", "in berln", "on mondya", "thrusday,", "fri", "pst", "UTC+2"),
    *("at night", "in the morning", "at 9.30", "first monday", "every other week", "x", '"', "-", ",", "in"),
    *("title:", "top", "on the 40th", "recall", "and", "from", "--", "9", "in Munich", "in Springfield"),
    *("weely", "hourly", "every night", "in the evening at 9", "x.", "daily: x", "in Singapore", "."),
]


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map(" ".join))
def test_any_text_is_read_or_refused_with_a_line_that_works(text: str) -> None:
    """Nothing else is raised, and the line is not refused again."""
    try:
        read = parse_clauses(text)
    except UsageError as error:
        read = parse_clauses(error.line.removeprefix("/paper subscribe "))
        assert read.topic
    else:
        assert text.startswith(read.topic)
        assert read != Wish(read.topic) or read.topic == text
