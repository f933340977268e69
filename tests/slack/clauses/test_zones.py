from datetime import time

import pytest

from bot.slack.clauses import parse_clauses
from bot.topics import Wish
from tests.slack.clauses.said import DAILY, MONDAY, assert_refused

NO_ZONE = "names no time zone that I know."
NO_CITY = f"{NO_ZONE} Name one as in Berlin, Europe/Berlin or UTC, for example:"
OFFSET = "would be wrong when clocks change. Name a city, for example:"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("x mondays 9 new york", Wish("x", MONDAY, time(9), "America/New_York")),
        ("x daily in Munich", Wish("x", DAILY, zone="Europe/Berlin")),
        ("x weekly on mondays in münchen", Wish("x", MONDAY, zone="Europe/Berlin")),
        ("x top 5 in San Francisco", Wish("x", zone="America/Los_Angeles", top=5)),
        ("x at 9 in Mumbai", Wish("x", at=time(9), zone="Asia/Kolkata")),
        ("x 9am boston", Wish("x", at=time(9), zone="America/New_York")),
        ("in Boston", Wish("", zone="America/New_York")),
        ("x weekly in Singapore", Wish("x", MONDAY, zone="Singapore")),
        ("x at 9 in Jamaica", Wish("x", at=time(9), zone="Jamaica")),
        ("in Monaco", Wish("", zone="Europe/Monaco")),
        ("hate speech in Singapore weekly", Wish("hate speech in Singapore", MONDAY)),
        ("air quality in Beijing daily", Wish("air quality in Beijing", DAILY)),
        ("x at 9 in japan", Wish("x", at=time(9), zone="Japan")),
        ("x 9am new york", Wish("x", at=time(9), zone="America/New_York")),
        ("x at noon UTC weekly", Wish("x", MONDAY, time(12), "UTC")),
        ("x 9am london time", Wish("x", at=time(9), zone="Europe/London")),
    ],
)
def test_a_zone_counts_for_what_stands_beside_it(line: str, meant: Wish) -> None:
    """A place before other clauses may be the topic's."""
    assert parse_clauses(line) == meant


@pytest.mark.parametrize(
    "topic",
    [
        "attention in transformers",
        "large language models in medicine",
        "large language models in general",
        "machine translation in japan",
        "hate speech in Singapore",
        "translation in Jamaica",
        "the canal in Panama",
        "traffic in Beijing",
        "daily mood changes in adolescents",
        "daily mood changes in Adolescents",
        "symptoms measured daily in adolescents",
        "vital signs recorded daily in ICU",
        "In Defense of Attention",
        "in context learning",
        "scores in Defense",
        "in MLM and TLM",
        "speech recognition in Zulu",
        "attention in pairs",
        "attacks in hardware",
        "entailment in pst",
        "trained at 16 in total",
        "sleep at noon in summer",
        "in",
    ],
)
def test_a_topic_may_end_in_a_place(topic: str) -> None:
    """Or in anything else behind `in`."""
    assert parse_clauses(topic) == Wish(topic)


def meant(zone: str) -> str:
    """Return what is said of a zone that is abbreviated or misspelt."""
    return f"{NO_ZONE} Clocks change, so name a city. Did you mean {zone}?"


@pytest.mark.parametrize(
    ("said", "token", "why", "line"),
    [
        ("weekly in berln", "in berln", meant("Europe/Berlin"), "weekly in Europe/Berlin"),
        ("at 9 in new yrok", "in new yrok", meant("America/New_York"), "at 9 in America/New_York"),
        ("9am londno", "londno", meant("Europe/London"), "9am in Europe/London"),
        ("in Europe/Berln", "in Europe/Berln", meant("Europe/Berlin"), "in Europe/Berlin"),
        ("at 9 in EST", "in EST", meant("America/New_York"), "at 9 in America/New_York"),
        ("9am pst", "pst", meant("America/Los_Angeles"), "9am in America/Los_Angeles"),
        ("in UTC+2", "in UTC+2", OFFSET, "in Europe/Berlin"),
        ("9:00 GMT-05:00", "GMT-05:00", OFFSET, "9:00 in Europe/Berlin"),
        ("9am in springfield", "in springfield", NO_CITY, "9am in Europe/Berlin"),
        ("weekly at 9 in springfield", "in springfield", NO_CITY, "weekly at 9 in Europe/Berlin"),
        ("daily in Springfield", "in Springfield", NO_CITY, "daily in Europe/Berlin"),
        ("top 5 in Llanfair PG", "in Llanfair PG", NO_CITY, "top 5 in Europe/Berlin"),
        ("weekly on mondays in springfield", "in springfield", NO_CITY, "weekly on mondays in Europe/Berlin"),
        ("weekly in US", "in US", meant("America/New_York"), "weekly in America/New_York"),
    ],
)
def test_a_zone_that_is_none_is_refused(said: str, token: str, why: str, line: str) -> None:
    """With the one that was meant, if one is near."""
    assert_refused(said, f"{token} {why}", line)
