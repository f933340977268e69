import pytest

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import DAILY, NO_TIME, assert_refused


@pytest.mark.parametrize(
    ("said", "token", "line"),
    [
        ("weekly at nine", "at nine", "weekly at 09:00"),
        ("at morning daily", "at morning", "at 09:00 daily"),
        ("every evening", "every evening", "daily at 18:00"),
        ("every night", "every night", "daily at 21:00"),
        ("weekly at night", "at night", "weekly at 21:00"),
        ("weekly at lunchtime", "at lunchtime", "weekly at 12:00"),
        ("every monday morning", "morning", "every monday at 09:00"),
        ("every friday afternoon", "afternoon", "every friday at 15:00"),
        ("at 9 in the evening", "in the evening", "at 9pm"),
        ("mondays at 9:30 in the afternoon", "in the afternoon", "mondays at 9:30pm"),
        ("daily 9 in the evening", "in the evening", "daily 9pm"),
        ("at 11 at night", "at night", "at 11pm"),
        ("at 12 at night", "at night", "at 12am"),
        ("at 2 at night", "at night", "at 2am"),
        ("9pm in the evening", "in the evening", "9pm"),
        ("noon in the evening", "in the evening", "noon"),
        ("at 21:00 in the evening", "in the evening", "at 21:00"),
        ("at 9 in the morning", "in the morning", "at 9"),
        ("mondays in the morning at 9", "in the morning", "mondays at 9"),
        ("mondays in the evening at 9", "in the evening", "mondays at 9pm"),
        ("every night at 9", "every night", "daily at 9pm"),
    ],
)
def test_a_part_of_the_day_is_refused_with_a_time_in_it(said: str, token: str, line: str) -> None:
    """The one that stands beside it, else a usual one."""
    assert_refused(said, f"{token} {NO_TIME}", line)


@pytest.mark.parametrize("topic", ["object detection at night", "black friday morning"])
def test_a_topic_may_end_in_a_part_of_the_day(topic: str) -> None:
    """Where no clause stands before it, whatever stands behind."""
    assert parse_clauses(topic) == Wish(topic)
    assert parse_clauses(f"{topic} daily") == Wish(topic, DAILY)
