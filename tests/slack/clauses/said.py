"""What clauses may say and what that means, and what is said of those that are wrong."""

import csv
import io
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.slack.asked import UsageError
from bot.slack.clauses import parse_clauses
from bot.topics import MOST_TOP, Strictness

SEEDS = Path(__file__).parents[3] / "seeds" / "catalog.csv"
TITLES = [row["title"] for row in csv.DictReader(io.StringIO(SEEDS.read_text(encoding="utf-8")))]

DAILY, WEEKDAYS, WEEKEND = ((0, 1, 2, 3, 4, 5, 6), 0), ((0, 1, 2, 3, 4), 0), ((5, 6), 0)
MONDAY, BOTH = ((0,), 0), ((0, 3), 0)
STRICT, NORMAL, BROAD = Strictness.STRICT, Strictness.NORMAL, Strictness.BROAD

DAYS = {
    "daily": DAILY,
    "every day": DAILY,
    "each day": DAILY,
    "everyday": DAILY,
    "once a day": DAILY,
    "weekdays": WEEKDAYS,
    "every weekday": WEEKDAYS,
    "on weekdays": WEEKDAYS,
    "weekends": WEEKEND,
    "every weekend": WEEKEND,
    "weekdays and saturdays": ((0, 1, 2, 3, 4, 5), 0),
    "mon,thu": BOTH,
    "Mon, Thu": BOTH,
    "mon/thurs": BOTH,
    "mon & thu": BOTH,
    "mon thu": BOTH,
    "Mon., Thu.": BOTH,
    "Mon. and Thurs.": BOTH,
    "mon, thu and fri": ((0, 3, 4), 0),
    "tues, weds, and sat": ((1, 2, 5), 0),
    "mondays and thursdays": BOTH,
    "thursday and monday": BOTH,
    "mon-fri": WEEKDAYS,
    "MON–FRI": WEEKDAYS,
    "mon — fri": WEEKDAYS,
    "monday to friday": WEEKDAYS,
    "from monday to friday": WEEKDAYS,
    "Mon.–Fri.": WEEKDAYS,
    "thursday-friday": ((3, 4), 0),
    "fri-mon": ((0, 4, 5, 6), 0),
    "mon-tue, sat": ((0, 1, 5), 0),
    "mondays": MONDAY,
    "every monday": MONDAY,
    "each Mon": MONDAY,
    "every monday and thursday": BOTH,
    "on mondays": MONDAY,
    "on monday": MONDAY,
    "weekly": MONDAY,
    "every week": MONDAY,
    "once a week": MONDAY,
    "once every week on mondays": MONDAY,
    "weekly on mondays": MONDAY,
    "weekly on thursdays and mondays": BOTH,
    "weekly thursdays": ((3,), 0),
    "weekly friday": ((4,), 0),
    "monthly": ((), 1),
    "every month": ((), 1),
    "once a month": ((), 1),
    "once a month on the 15th": ((), 15),
    "monthly on the 15th": ((), 15),
    "monthly on 15": ((), 15),
    "monthly on day 15": ((), 15),
    "every month on the 22nd": ((), 22),
    "monthly on the last day": ((), 31),
    "monthly on the last day of the month": ((), 31),
    "on the 1st": ((), 1),
    "15th of the month": ((), 15),
    "on the 3rd of each month": ((), 3),
    "last day of the month": ((), 31),
}
TIMES = {
    "at 9": time(9),
    "at 0": time(0),
    "at 23": time(23),
    "9am": time(9),
    "9 AM": time(9),
    "at 9 pm": time(21),
    "9 p.m.": time(21),
    "9:30 pm": time(21, 30),
    "9.30pm": time(21, 30),
    "09:00": time(9),
    "at 21:45": time(21, 45),
    "@9am": time(9),
    "@ 9": time(9),
    "12am": time(0),
    "12 pm": time(12),
    "12:05am": time(0, 5),
    "noon": time(12),
    "at Noon": time(12),
    "midnight": time(0),
    "at midnight": time(0),
}
ZONES = {
    "in Europe/Berlin": "Europe/Berlin",
    "in europe/berlin": "Europe/Berlin",
    "in berlin": "Europe/Berlin",
    "in Berlin time": "Europe/Berlin",
    "in UTC": "UTC",
    "in gmt": "GMT",
    "in CET": "CET",
    "in new york": "America/New_York",
    "in New_York": "America/New_York",
    "in port of spain": "America/Port_of_Spain",
    "in Zürich": "Europe/Zurich",
    "Europe/Berlin": "Europe/Berlin",
    "(America/Los_Angeles)": "America/Los_Angeles",
}
COUNTS = {f"top {count}": count for count in range(1, MOST_TOP + 1)} | {"Top 3 papers": 3}
STRICTNESSES = {"strict": STRICT, "normal": NORMAL, "Broad": BROAD}
KINDS: dict[str, dict[str, Any]] = {
    "days": DAYS,
    "at": TIMES,
    "zone": ZONES,
    "top": COUNTS,
    "strictness": STRICTNESSES,
}

NO_TIME = "is no time. Name one as in 9am, 9:30 pm or 21:00, for example:"


@st.composite
def schedules(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw clauses of different kinds in any order, as a line and as what they mean."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, unique=True))
    said = {kind: draw(st.sampled_from(sorted(KINDS[kind]))) for kind in kinds}
    parting = draw(st.sampled_from([" ", ", "]))
    return parting.join(said.values()), {kind: KINDS[kind][words] for kind, words in said.items()}


def refusal(text: str, command: str = "/paper subscribe") -> tuple[str, str]:
    """Return what refuses a text, and the line that works."""
    with pytest.raises(UsageError) as refused:
        parse_clauses(text, command)
    return refused.value.message, refused.value.line


def assert_refused(said: str, why: str, line: str) -> None:
    """Assert that a clause is refused so, with a line that has the topic and all that was right."""
    commands = ("/paper subscribe", "/paper edit 2")
    assert {command: refusal(f"lora moe {said}", command) for command in commands} == {
        command: (why, f"{command} lora moe {line}") for command in commands
    }
